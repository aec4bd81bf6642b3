/** The paths of the pages of objects, for links in the API, in the calendar and on the pages. */
import { z } from 'zod';

/** A member of each object of the API that has a page. */
export const pageSchema = z.string().describe('Path of its page, for people');

export const mailboxPath = (id: string): string => `/mailboxes/${encodeURIComponent(id)}`;
export const appPath = (id: string): string => `/apps/${encodeURIComponent(id)}`;
export const problemPath = (id: string): string => `/problems/${encodeURIComponent(id)}`;
export const incidentPath = (id: string): string => `/incidents/${encodeURIComponent(id)}`;
