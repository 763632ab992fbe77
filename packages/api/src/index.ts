/** Tipple's interface for programs: a typed client and the types of all that it takes and gives. */
import { createFinalURL, createQuerySerializer, defaultPathSerializer } from 'openapi-fetch';
import type { components, operations, paths } from './schema.ts';

export type { paths } from './schema.ts';

/** A type of the interface by its name in the OpenAPI document. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

/** What the house can be asked to do, by its name in the OpenAPI document. */
export type Operation = keyof operations;

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

export type Method = 'post' | 'put' | 'patch' | 'delete';

type Does<M extends Method, Path extends keyof paths> = Extract<paths[Path][M], { responses: unknown }>;

/** Paths that can be changed by a method. */
export type Changing<M extends Method> = {
  [Path in keyof paths]: [Does<M, Path>] extends [never] ? never : Path;
}[keyof paths];

type Json<Operation> = Operation extends { content: { 'application/json': infer Body } } ? Body : never;
type Named<Operation, Part extends string> = Operation extends {
  parameters: { [one in Part]: infer Names };
}
  ? { [one in Part]: Names }
  : unknown;

/** What a change takes: the path's names, the query, headers and the body. */
export type Sent<M extends Method, Path extends Changing<M>> = Named<Does<M, Path>, 'path'> &
  Partial<Named<Does<M, Path>, 'query'>> & { header?: Record<string, string> } & (Does<M, Path> extends {
    requestBody: { content: unknown };
  }
    ? { body: Json<Does<M, Path>['requestBody']> }
    : { body?: undefined });

/** What a change gives. */
export type Changed<M extends Method, Path extends Changing<M>> = Does<M, Path>['responses'] extends infer All
  ? { [Status in keyof All]: Status extends 200 | 201 | 202 ? Json<All[Status]> : never }[keyof All]
  : never;

/** A change as `fetch` takes it. */
export function request<M extends Method, Path extends Changing<M>>(
  method: M,
  path: Path,
  sent: Sent<M, Path>,
): { address: string; init: RequestInit } {
  const { path: names, query, header, body } = sent as Record<string, Record<string, string> | undefined>;
  const address = createFinalURL(path, {
    baseUrl: '',
    params: { path: names, query },
    querySerializer,
    pathSerializer: defaultPathSerializer,
  });
  const json = { 'content-type': 'application/json' };
  return {
    address,
    init: {
      method: method.toUpperCase(),
      headers: { ...(method !== 'delete' && json), ...header },
      // Every change has a body, if only an empty one.
      body: method === 'delete' ? undefined : JSON.stringify(body ?? {}),
    },
  };
}
