import type { Dict, Uri } from './message.js';

/** What an interface is made of. */
export type InterfaceKind = 'procedure' | 'topic' | 'error';

/** Every {@link InterfaceKind}. */
export const INTERFACE_KINDS: readonly InterfaceKind[] = ['procedure', 'topic', 'error'];

/** Whether a value is an {@link InterfaceKind}. */
export const isInterfaceKind = (value: unknown): value is InterfaceKind =>
  value === 'procedure' || value === 'topic' || value === 'error';

/** A schema of payload: a dictionary, as JSON Schema has it, or whether anything at all will do. */
export type InterfaceSchema = Dict | boolean;

/**
 * What is said of a procedure, topic or error, for people and for programs. The WAMP spec names no members; these are those
 * that routers in the field have. Any other may stand beside them. Values are those of JSON, and big integers.
 *
 * @see WAMP spec, Interface Reflection
 */
export interface InterfaceDefinition {
  /** Text for people. */
  readonly description?: string | undefined;
  /** The version of the interface. */
  readonly version?: string | undefined;
  /** What the schemas are written in. Where it is absent, routers in the field take them for `json_schema_2020_12`. */
  readonly format?: string | undefined;
  /** The positional arguments of a call, an event or an error, as one list. */
  readonly args_schema?: InterfaceSchema | undefined;
  /** The keyword arguments of a call, an event or an error, as one dictionary. */
  readonly kwargs_schema?: InterfaceSchema | undefined;
  /** The positional results of a procedure, as one list. */
  readonly result_args_schema?: InterfaceSchema | undefined;
  /** The keyword results of a procedure, as one dictionary. */
  readonly result_kwargs_schema?: InterfaceSchema | undefined;
  /** The errors that a procedure may answer with. */
  readonly errors?: readonly Uri[] | undefined;
  readonly [custom: string]: unknown;
}

/** Nothing of that kind and URI is there, or nothing that the caller may know of. The spec has no URI for it. */
export const NO_SUCH_DEFINITION = 'rxwamp.error.no_such_definition';
/** Somebody else has defined it. The spec has no URI for it. */
export const ALREADY_DEFINED = 'rxwamp.error.already_defined';
