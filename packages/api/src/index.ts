/** Tipple's interface for programs: a typed client and the types of all that it takes and gives. */
import createClient, {
  type ClientOptions,
  createFinalURL,
  createQuerySerializer,
  defaultPathSerializer,
} from 'openapi-fetch';
import type { components, paths } from './schema.ts';

export type { paths } from './schema.ts';

/** A type of the interface by its name in the OpenAPI document. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

/** Paths that can be read. */
export type Readable = {
  [Path in keyof paths]: paths[Path] extends {
    get: { responses: { 200: { content: { 'application/json': unknown } } } };
  }
    ? Path
    : never;
}[keyof paths];

/** What reading a path takes: its names and its query. */
export type Asked<Path extends Readable> = paths[Path]['get'] extends { parameters: infer Parameters }
  ? Omit<Parameters, 'header' | 'cookie'>
  : never;

/** What reading a path gives. */
export type Answer<Path extends Readable> = paths[Path]['get'] extends {
  responses: { 200: { content: { 'application/json': infer Body } } };
}
  ? Body
  : never;

const querySerializer = createQuerySerializer();

/** The address of something to read, the same for the same question. */
export function address<Path extends Readable>(path: Path, asked: Asked<Path>): string {
  return createFinalURL(path, {
    baseUrl: '',
    params: asked as object,
    querySerializer,
    pathSerializer: defaultPathSerializer,
  });
}

export function client(options: ClientOptions) {
  return createClient<paths>(options);
}
