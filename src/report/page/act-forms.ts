/**
 * The forms of the pages: probe now, acknowledge, start and end maintenance. If tokens are configured, the browser asks
 * for one when a form is sent. If forms are not allowed, the page says so.
 */
import type { Acknowledgement } from '../../model/incident.ts';
import type { MaintenanceWindow } from '../../model/memory.ts';
import type { Html, HtmlTag } from './html.ts';
import { moment } from './moment.ts';

const HOURS = [
  [1, '1 hour'],
  [4, '4 hours'],
  [12, '12 hours'],
  [24, '1 day'],
  [168, '7 days'],
] as const;

export function probeForm(html: HtmlTag, id: string): Html {
  return html`<form class="act" method="post" action="/mailboxes/${encodeURIComponent(id)}/probe"><button class="main">Probe now</button></form>`;
}

export function acknowledgeForm(html: HtmlTag, id: string, acknowledged: Acknowledgement | undefined): Html {
  const path = `/incidents/${id}/acknowledgement`;
  if (acknowledged !== undefined) {
    return html`<p>Acknowledged by ${acknowledged.by}, ${moment(html, acknowledged.at)}${acknowledged.until === undefined ? undefined : html`, until ${moment(html, acknowledged.until)}`}${noteText(acknowledged.note)}</p>
<form class="act" method="post" action="${path}/end"><button>Withdraw</button></form>`;
  }
  return html`<form class="act" method="post" action="${path}" aria-label="Acknowledge">${nameField(html)}${noteField(html)}${hoursField(html, 'until it is fixed')}<button class="main">Acknowledge</button></form>`;
}

/** `path` is the path of the page of the mailbox or app. */
export function maintenanceForms(html: HtmlTag, path: string, windows: readonly MaintenanceWindow[]): Html {
  return html`${windows.map(
    ({ id, by, note, until }) =>
      html`<p>In maintenance${until === undefined ? undefined : html` until ${moment(html, until)}`}, by ${by}${noteText(note)}</p>
${by === 'configuration' ? undefined : html`<form class="act" method="post" action="${path}/maintenance/end"><input type="hidden" name="window" value="${id}"><button>End maintenance</button></form>`}`,
  )}<details class="card plain"><summary>Start maintenance</summary>
<p class="meta">No messages are sent during maintenance, and it does not count as an outage.</p>
<form class="act" method="post" action="${path}/maintenance" aria-label="Start maintenance">${nameField(html)}${noteField(html)}${hoursField(html, undefined)}<button class="main">Start</button></form></details>`;
}

function noteText(note: string): string {
  return note === '' ? '.' : `: ${note}`;
}

function nameField(html: HtmlTag): Html {
  return html`<label>Your name <input name="by" maxlength="100" required autocomplete="name"></label>`;
}

function noteField(html: HtmlTag): Html {
  return html`<label>Note <input name="note" maxlength="1000" autocomplete="off"></label>`;
}

function hoursField(html: HtmlTag, open: string | undefined): Html {
  return html`<label>For <select name="hours">${open === undefined ? undefined : html`<option value="">${open}</option>`}${HOURS.map(([hours, label]) => html`<option value="${hours}">${label}</option>`)}</select></label>`;
}

export function actSection(html: HtmlTag, mayAct: boolean, forms: readonly (Html | undefined)[]): Html {
  return html`<section aria-labelledby="act"><h2 id="act">Actions</h2>
${
  mayAct
    ? forms
    : html`<p class="meta">To probe, acknowledge or start maintenance from here, set <code>http.tokens_file</code>. Without tokens, this works only from the machine that mailprobe runs on.</p>`
}</section>`;
}
