// @ts-check
/** Searches from the end: `findLast` came with Chrome 97, Firefox 104 and Safari 15.4. */

/**
 * Return the index of the last value that passes a test, or -1.
 * @template Value
 * @param {readonly Value[]} values
 * @param {(value: Value, index: number) => boolean} passes
 */
export function lastIndex(values, passes) {
  let index = values.length - 1;
  while (index >= 0 && !passes(values[index], index)) index--;
  return index;
}
