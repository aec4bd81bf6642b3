/** How a text looks after it went through a program, a log, a mail or a clipboard. The verdict must stay the same. */
export interface Wrapping {
  readonly name: string;
  readonly wrap: (text: string) => string;
}

function eachLine(text: string, change: (line: string, at: number) => string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map(change)
    .join('\n');
}

/** Breaks lines at blanks, as a mail program does. */
function hardWrap(text: string, width: number): string {
  return eachLine(text, (line) => {
    const rows: string[] = [];
    for (const word of line.split(' ')) {
      const last = rows.at(-1);
      if (last === undefined || last.length + word.length + 1 > width) rows.push(word);
      else rows[rows.length - 1] = `${last} ${word}`;
    }
    return rows.join('\n');
  });
}

function quotedPrintable(text: string): string {
  return text.replaceAll('=', '=3D').replace(/(.{70})/g, '$1=\n');
}

function htmlEscape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll("'", '&#39;')
    .replaceAll('"', '&quot;');
}

function pythonBytes(text: string): string {
  return `b'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\r', '\\r').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}'`;
}

const COLOR = '\u001B[31m';
const PLAIN = '\u001B[0m';

export const WRAPPINGS: readonly Wrapping[] = [
  { name: 'Windows line ends', wrap: (text) => text.replaceAll('\n', '\r\n') },
  { name: 'old Mac line ends', wrap: (text) => text.replaceAll('\n', '\r') },
  { name: 'a byte order mark', wrap: (text) => `\uFEFF${text}` },
  {
    name: 'colors',
    wrap: (text) => eachLine(text, (line) => `${COLOR}ERROR${PLAIN} \u001B[1;38;5;9m${line}${PLAIN}`),
  },
  { name: 'a code fence', wrap: (text) => `It says:\n\n\`\`\`text\n${text}\n\`\`\`\n\nAny ideas?` },
  { name: 'a quoted mail', wrap: (text) => eachLine(hardWrap(text, 72), (line) => `> ${line}`) },
  { name: 'a mail quoted twice', wrap: (text) => eachLine(hardWrap(text, 60), (line) => `> > ${line}`) },
  {
    name: 'HTML',
    wrap: (text) => `<html><body><p>${htmlEscape(text).replaceAll('\n', '<br/>\n')}</p></body></html>`,
  },
  { name: 'quoted-printable', wrap: quotedPrintable },
  { name: 'JSON', wrap: (text) => JSON.stringify({ level: 'error', msg: text }) },
  {
    name: 'JSON in JSON',
    wrap: (text) => JSON.stringify({ log: JSON.stringify({ msg: text }), stream: 'stderr' }),
  },
  {
    name: 'JSON in JSON in JSON',
    wrap: (text) => JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ c: text }) }) }),
  },
  { name: "Python's bytes", wrap: pythonBytes },
  { name: 'journald', wrap: (text) => eachLine(text, (line) => `Nov 23 10:00:00 mail01 app[812]: ${line}`) },
  { name: 'docker compose', wrap: (text) => eachLine(text, (line) => `mailfetch-1  | ${line}`) },
  {
    name: 'kubectl logs',
    wrap: (text) => eachLine(text, (line) => `2026-11-23T10:00:00.123456789Z stderr F ${line}`),
  },
  {
    name: 'logback',
    wrap: (text) =>
      eachLine(text, (line, at) =>
        at === 0 ? `2026-11-23 10:00:00,123 ERROR [imap-poller-1] c.c.m.Fetch - ${line}` : line,
      ),
  },
  {
    name: "Java's exceptions",
    wrap: (text) =>
      `org.springframework.messaging.MessagingException: failure occurred while receiving from folder\n\tat org.springframework.integration.mail.MailReceiver.receive(MailReceiver.java:1)\nCaused by: java.lang.RuntimeException: ${text}\n\t... 12 more`,
  },
  {
    name: ".NET's exceptions",
    wrap: (text) =>
      `Unhandled exception. System.AggregateException: One or more errors occurred. (${text})\n ---> System.Exception: ${text}\n   at App.Program.Main(String[] args) in C:\\src\\new\\Program.cs:line 12\n   --- End of inner exception stack trace ---`,
  },
  {
    name: "PowerShell's error record",
    wrap: (text) =>
      `Invoke-RestMethod : ${text}\nAt C:\\scripts\\token.ps1:12 char:9\n+ $token = Invoke-RestMethod -Method Post -Uri $uri -Body $body\n+          ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n    + CategoryInfo          : InvalidOperation: (System.Net.HttpWebRequest:HttpWebRequest) [Invoke-RestMethod], WebException\n    + FullyQualifiedErrorId : WebCmdletWebResponseException,Microsoft.PowerShell.Commands.InvokeRestMethodCommand`,
  },
  {
    name: 'a German report',
    wrap: (text) =>
      `Sehr geehrte Damen und Herren,\nbeim Abruf der E-Mails tritt folgender Fehler auf:\n„${text}“\nBitte um Hilfe. Mit freundlichen Grüßen`,
  },
  { name: 'a French report', wrap: (text) => `Bonjour,\nla relève échoue : « ${text} »\nCordialement` },
  { name: 'a Japanese report', wrap: (text) => `メールの受信に失敗しました。エラー:「${text}」` },
  { name: 'line numbers', wrap: (text) => eachLine(text, (line, at) => `${at + 1}: ${line}`) },
  { name: "Terraform's box", wrap: (text) => `╷\n${eachLine(hardWrap(text, 76), (line) => `│ ${line}`)}\n╵` },
  {
    name: 'a syslog relay',
    wrap: (text) => `<11>1 2026-11-23T10:00:00Z mail01 app 812 - - ${text.replaceAll('\n', '#012')}`,
  },
];
