/** Text of a platform that is newer than the oldest this library runs on. */
interface ModernText {
  isWellFormed(): boolean;
}
// The cast is what `in` has found out.
const ask = (text: string): boolean => (text as unknown as ModernText).isWellFormed();
const search = (text: string): boolean => !/\p{Surrogate}/u.test(text);

/** Whether a text can be written as UTF-8: without half a surrogate pair, which a cut through an emoji leaves. */
export const isWellFormed: (text: string) => boolean = 'isWellFormed' in String.prototype ? ask : search;
