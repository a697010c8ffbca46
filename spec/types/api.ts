import type { Observable } from 'rxjs';
import type { Payload, WampClient } from 'rxwamp';

export interface User {
  id: number;
  name: string;
}

/** No index signature: the compiler does not take it for a dictionary. */
export interface Search {
  name: string;
  limit?: number;
}

/** The contract that the specs of types use. An interface; what a type alias does is in `contract.types.ts`. */
export interface Api {
  topics: {
    'com.example.tick': [count: number];
    'com.example.log': [line: string, level?: 'info' | 'error'];
    'com.example.tags': readonly [user: User, ...tags: string[]];
    'com.example.ping': [];
    'com.example.found': { args: [hits: number]; kwargs: Search };
    'com.example.searched': { kwargs: Search };
    'com.example.hinted': { args: [id: number]; kwargs: { hint?: string } };
    'com.example.flag': boolean;
    'com.example.user': User;
    'com.example.anything': unknown;
    [user: `com.example.user.${number}`]: [user: User];
  };
  procedures: {
    'com.example.add': (a: number, b: number) => number;
    'com.example.sum': (...numbers: number[]) => number;
    'com.example.greet': (name: string, loud?: boolean) => string;
    'com.example.now': () => Date;
    'com.example.save': (user: User) => void;
    'com.example.list': () => User[];
    'com.example.lookup': (id: number) => Promise<User | undefined>;
    'com.example.count': (n: number) => Observable<number>;
    'com.example.lines': (file: string) => AsyncIterable<string>;
    'com.example.divmod': (a: number, b: number) => Payload<[quotient: number, remainder: number]>;
    'com.example.measure': (what: string) => Payload<[size: number], { unit: string }>;
    'com.example.find': { kwargs: Search; result: [user: User]; progress: [percent: number] };
    'com.example.copy': { args: [from: string, to: string]; progress: number };
    'com.example.stat': { args: [path: string]; result: { args: [size: number]; kwargs: { mode: number } } };
    'com.example.anything': (x: unknown) => unknown;
    save(line: string): boolean;
  };
}

export declare const wamp: WampClient<Api>;
export declare const untyped: WampClient;
