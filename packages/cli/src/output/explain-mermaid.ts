import type { ExplainAnswer, ExplainedLink } from '@fleetbook/contracts';

/** The causes of a decision, itself and its consequences as a flowchart, line by line. */
export function mermaidOf({ events, refusal, causes, consequences }: ExplainAnswer): readonly string[] {
  const [first] = events;
  if (first === undefined) {
    return [];
  }
  const self = `e${first.number}`;
  const types = events.map(({ type }) => type).join(', ');
  const title = [`#${first.number} ${types}`, first.commandId, ...(refusal === undefined ? [] : [refusal.code])];
  return [
    'flowchart TD',
    ...[...causes, ...consequences].map((link) => `  e${link.number}["${linkText(link)}"]`),
    `  ${self}(["${title.map(escaped).join('<br>')}"])`,
    ...chains(causes).flatMap((chain) => edges([...chain.map(({ number }) => `e${number}`), self])),
    ...chains(consequences).flatMap((chain) => edges([self, ...chain.map(({ number }) => `e${number}`)])),
    `  style ${self} stroke-width:3px`,
  ];
}

function linkText({ number, type, code, commandId, relation, of }: ExplainedLink): string {
  const name = code === undefined ? type : `${type} ${code}`;
  return [`#${number} ${name}`, commandId, `${relation} ${of}`].map(escaped).join('<br>');
}

/** Links through the same subject follow each other. */
function chains(links: readonly ExplainedLink[]): readonly (readonly ExplainedLink[])[] {
  return [...Map.groupBy(links, ({ relation, of }) => `${relation} ${of}`).values()];
}

function edges(ids: readonly string[]): readonly string[] {
  return ids.slice(1).map((id, place) => `  ${ids[place]} --> ${id}`);
}

/** Within quotes, Mermaid reads entities for what would end them. */
function escaped(text: string): string {
  return text.replace(/[#"<>]/g, (character) => `#${character.charCodeAt(0)};`);
}
