/** Text that a terminal shows and does not obey: control characters, escape sequences' ESC among them, become `�`. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
export const plainText = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd");
