import * as z from 'zod';
import { ANSWER_SCHEMAS } from '../answers/schemas.ts';
import { MAXIMUM_BATCH } from '../commands/instance-schemas.ts';
import { COMMAND_BODY_SCHEMAS } from '../commands/schemas.ts';
import { STORED_EVENT_SCHEMAS } from '../events/schemas.ts';
import { QUERY_BODY_SCHEMAS } from '../queries/schemas.ts';
import { batchReplySchema, commandReplySchema, queryReplySchema } from '../replies/schemas.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

const jsonSchemaOf = (title: string, schema: z.ZodType): JsonSchema => {
  const { $schema, ...body } = z.toJSONSchema(schema, { io: 'input' });
  return { ...($schema === undefined ? {} : { $schema }), title, ...body };
};

/** The bodies of a command that stand in a batch beside its type: one, or one for each of its modes. */
const batchEntries = (type: string, schema: z.ZodType): readonly JsonSchema[] => {
  const { $schema: _, ...whole } = z.toJSONSchema(schema, { io: 'input' });
  const bodies = whole.properties === undefined ? (whole.oneOf ?? []) : [whole];
  return bodies.map(({ properties, required, ...body }) => ({
    title: type,
    ...body,
    properties: { type: { type: 'string', const: type }, ...properties },
    required: ['type', ...(required ?? [])],
  }));
};

const batchSchema = (): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Batch',
  type: 'object',
  properties: {
    commands: {
      type: 'array',
      minItems: 1,
      maxItems: MAXIMUM_BATCH,
      items: { oneOf: Object.entries(COMMAND_BODY_SCHEMAS).flatMap(([type, schema]) => batchEntries(type, schema)) },
    },
  },
  required: ['commands'],
  additionalProperties: false,
});

/** The JSON Schema of every message and stored event, by the path of its file. */
export const jsonSchemas = (): ReadonlyMap<string, JsonSchema> => {
  const schemas = new Map<string, JsonSchema>([['commands/Batch.json', batchSchema()]]);
  const add = (path: string, title: string, schema: z.ZodType): void => {
    schemas.set(path, jsonSchemaOf(title, schema));
  };
  for (const [type, schema] of Object.entries(COMMAND_BODY_SCHEMAS)) {
    add(`commands/${type}.json`, type, schema);
  }
  add('replies/command.json', 'Reply to a command', commandReplySchema);
  add('replies/batch.json', 'Reply to a batch', batchReplySchema);
  for (const [name, schema] of Object.entries(QUERY_BODY_SCHEMAS)) {
    add(`queries/${name}.json`, `Query ${name}`, schema);
  }
  for (const [name, schema] of Object.entries(ANSWER_SCHEMAS)) {
    add(`answers/${name}.json`, `Reply to the query ${name}`, queryReplySchema(schema));
  }
  for (const [type, versions] of Object.entries(STORED_EVENT_SCHEMAS)) {
    versions.forEach((schema, index) => {
      add(`events/${type}.v${index + 1}.json`, `${type}, version ${index + 1}`, schema);
    });
  }
  return schemas;
};
