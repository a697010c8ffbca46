import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../../scripts/manifest.mjs';

const configFile = join(root, 'tsconfig.json');
const { config } = ts.readConfigFile(configFile, (path) => ts.sys.readFile(path)) as { config: unknown };
const { options } = ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, root);

/**
 * What the compiler, with the options of this repository, has against each of these files.
 *
 * @param files absolute paths
 * @param text source texts that stand in for files on disk
 * @returns for each file its errors, as `line 3: Type 'string' is not assignable to type 'number'.`
 */
export function compile(
  files: readonly string[],
  text: ReadonlyMap<string, string> = new Map(),
): (file: string) => string[] {
  const program = ts.createProgram(files, options, hostOf(text));
  return (file) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((found) => {
      const line = found.file === undefined ? 0 : found.file.getLineAndCharacterOfPosition(found.start ?? 0).line + 1;
      return `line ${line}: ${ts.flattenDiagnosticMessageText(found.messageText, '\n')}`;
    });
  };
}

/**
 * The declarations of these files and of all they import from this repository, as the build writes them.
 *
 * @param files absolute paths
 * @param text source texts that stand in for files on disk
 */
export function declarations(
  files: readonly string[],
  text: ReadonlyMap<string, string> = new Map(),
): readonly ts.SourceFile[] {
  const emitted: ts.SourceFile[] = [];
  const emitOptions = { ...options, noEmit: false, declaration: true, emitDeclarationOnly: true };
  ts.createProgram(files, emitOptions, hostOf(text)).emit(undefined, (path, written) => {
    emitted.push(ts.createSourceFile(path, written, ts.ScriptTarget.Latest, true));
  });
  return emitted;
}

/** The disk, with texts that stand in for files on it. */
function hostOf(text: ReadonlyMap<string, string>): ts.CompilerHost {
  const disk = ts.createCompilerHost(options);
  return {
    ...disk,
    fileExists: (path) => text.has(path) || disk.fileExists(path),
    readFile: (path) => text.get(path) ?? disk.readFile(path),
    getSourceFile: (path, languageVersion, ...rest) => {
      const standIn = text.get(path);
      if (standIn === undefined) return disk.getSourceFile(path, languageVersion, ...rest);
      return ts.createSourceFile(path, standIn, languageVersion);
    },
  };
}
