/** The paths of the pages of mailboxes, apps, problems and incidents, for links. */
import { z } from 'zod';

/** Objects of the API that have a page have this member. */
export const pageSchema = z.string().describe('Path of its page, for people');

export const mailboxPath = (id: string): string => `/mailboxes/${encodeURIComponent(id)}`;
export const appPath = (id: string): string => `/apps/${encodeURIComponent(id)}`;
export const problemPath = (id: string): string => `/problems/${encodeURIComponent(id)}`;
export const incidentPath = (id: string): string => `/incidents/${encodeURIComponent(id)}`;
