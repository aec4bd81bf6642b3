/**
 * The messages of a simulated mailbox. They differ only in their number, so nothing has to be stored. Read by
 * `imap-mailbox.ts` and `pop3.ts`.
 */

/** Octets of each message, header and line ends included. */
export const OCTETS_PER_MESSAGE = 4711;
/** The most messages in a listing. */
export const MOST_LISTED = 1000;
const LINE = 'Simulated by mailprobe. Nothing here belongs to Microsoft or connects to it.';

export interface Message {
  /** Includes the blank line at its end. */
  readonly header: string;
  readonly body: string;
}

export function messageOf(number: number): Message {
  const header = `${[
    'From: Simulation <noreply@contoso.example>',
    'To: Simulation <qms@contoso.example>',
    `Subject: Simulated message ${number}`,
    'Date: Mon, 02 Nov 2026 08:00:00 +0000',
    `Message-ID: <${number}@sandbox.mailprobe.simulated>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=us-ascii',
  ].join('\r\n')}\r\n\r\n`;
  const room = OCTETS_PER_MESSAGE - header.length;
  const text = `${LINE}\r\n`.repeat(Math.ceil(room / LINE.length)).slice(0, room - 2);
  // If the text was cut within a line end, the remaining character is replaced.
  return { header, body: `${text.replace(/\r$/, '.').replace(/\n$/, '.')}\r\n` };
}

/** Returns the message numbers that a listing contains. */
export function numbersUpTo(messages: number): readonly number[] {
  return Array.from({ length: Math.min(messages, MOST_LISTED) }, (_, at) => at + 1);
}
