/** What a part of the site is made of, as its sources say. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type typescript from 'typescript';

const ts: typeof typescript = createRequire(import.meta.url)('typescript');
const src = join(import.meta.dirname, '../src');

/** All sources that come with one: what is fetched later, and what is only said of types, does not. */
export function reached(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const other of imports(name)) reached(other, seen);
  return seen;
}

export const source = (name: string) => readFileSync(join(src, name), 'utf8');

function imports(name: string): string[] {
  const file = ts.createSourceFile(name, source(name), ts.ScriptTarget.Latest, false, ts.ScriptKind.TSX);
  return file.statements.flatMap((one) => {
    const named = ts.isImportDeclaration(one) || ts.isExportDeclaration(one);
    if (!named || !one.moduleSpecifier || !ts.isStringLiteral(one.moduleSpecifier) || ofTypes(one)) return [];
    const { text } = one.moduleSpecifier;
    const path = text.startsWith('@/') ? join(src, text.slice(2)) : join(src, dirname(name), text);
    return /^[@.]/.test(text) && /\.tsx?$/.test(text) && existsSync(path) ? [relative(src, path)] : [];
  });
}

function ofTypes(one: typescript.ImportDeclaration | typescript.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(one)) return one.isTypeOnly;
  const clause = one.importClause;
  if (!clause) return false;
  const names =
    clause.namedBindings && ts.isNamedImports(clause.namedBindings) && clause.namedBindings.elements;
  const phase = clause.phaseModifier === ts.SyntaxKind.TypeKeyword;
  return (
    phase || Boolean(!clause.name && names && names.length > 0 && names.every((name) => name.isTypeOnly))
  );
}
