import rxjsX from 'eslint-plugin-rxjs-x';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  globalIgnores(['samples/angular', 'build', 'dist', 'docs/api', 'coverage', 'samples/*/dist', '**/*.d.ts']),
  // A rule that is wrong somewhere is changed here, with its reason; nobody switches one off in passing.
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked, rxjsX.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      'no-eval': 'error',
      'no-new-func': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // `import { type A }` would still load the module at run time; `import type { A }` does not.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // `() => socket.close()` is how a teardown is written.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Ids and codes are numbers and stand in messages.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Wire dictionaries are index signatures: `details['x']` says "may be absent, name not ours".
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // What an Observable or a promise fails with is `unknown`, and is passed on as it came.
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      // A handler may return nothing, alone or in a Promise or an Observable, and a contract says so with `void`.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // `Record<never, never>` is "no keys" in a contract; a bare `{}` stays forbidden.
      '@typescript-eslint/no-generated-empty-object-type': 'off',
      // `topic<Payload>(uri)`: a type parameter that only the result uses is how RxJS APIs are typed.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-console': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true }],
    },
  },
  {
    files: ['spec/**/*.ts'],
    rules: {
      // expect(socket.close).toHaveBeenCalled() names a method without calling it.
      '@typescript-eslint/unbound-method': 'off',
      // Handlers under test are empty, or async without awaiting.
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['spec/types/**/*.ts'],
    rules: {
      // A type spec says "the next line must not compile", and declares types it never runs.
      '@typescript-eslint/ban-ts-comment': 'off',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-unused-vars': 'off',
      'rxjs-x/no-ignored-observable': 'off',
      'rxjs-x/no-floating-observables': 'off',
    },
  },
  { files: ['**/*.mjs'], extends: [tseslint.configs.strict, tseslint.configs.stylistic] },
);
