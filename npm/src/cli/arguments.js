// The arguments of the command, by the grammar of the native one.

/** Invalid arguments. */
export class WrongArguments extends Error {}

/**
 * Parses arguments. `options` maps long names to `[short name, name of the value]`, without the last for a switch. The last of
 * the positions takes all the rest if its name ends with dots.
 */
export function parse(given, options, positions) {
  const values = {};
  const found = [];
  const rest = [...given];
  const byShort = Object.fromEntries(Object.entries(options).map(([long, [short]]) => [short, long]));
  const set = (long, value, shown) => {
    const what = options[long];
    if (!what) throw new WrongArguments(`unexpected argument '${shown}' found`);
    const placeholder = what[1];
    const full = placeholder ? `--${long} <${placeholder}>` : `--${long}`;
    if (long in values) throw new WrongArguments(`the argument '${full}' cannot be used multiple times`);
    if (!placeholder && value !== undefined) throw new WrongArguments(`unexpected value '${value}' for '${full}' found; no more were expected`);
    if (placeholder && value === undefined && (rest.length === 0 || (rest[0].startsWith("-") && rest[0] !== "-"))) {
      throw new WrongArguments(`a value is required for '${full}' but none was supplied`);
    }
    values[long] = placeholder ? (value ?? rest.shift()) : true;
  };
  let onlyPositions = false;
  while (rest.length > 0) {
    const argument = rest.shift();
    if (onlyPositions || argument === "-" || !argument.startsWith("-")) found.push(argument);
    else if (argument === "--") onlyPositions = true;
    else if (argument.startsWith("--")) {
      const [, long, , value] = /^--([^=]*)(=(.*))?$/s.exec(argument);
      set(long, value, argument);
    } else {
      for (let at = 1; at < argument.length; at++) {
        const long = byShort[argument[at]];
        const attached = argument.slice(at + 1).replace(/^=/, "");
        if (long && options[long][1] && attached) {
          set(long, attached, argument);
          break;
        }
        set(long, undefined, `-${argument[at]}`);
      }
    }
  }
  const takesRest = positions.at(-1)?.endsWith("...");
  if (found.length > positions.length && !takesRest) {
    throw new WrongArguments(`unexpected argument '${found[positions.length]}' found`);
  }
  positions.forEach((name, index) => {
    if (name.endsWith("...")) values[name.slice(0, -3)] = found.slice(index);
    else if (found[index] !== undefined) values[name] = found[index];
  });
  values.db ??= process.env.IMAGESTREAM_DB || undefined;
  return values;
}

/** Throws where required arguments are missing. */
export function require(values, required) {
  const missing = Object.entries(required).filter(([name]) => values[name] === undefined);
  if (missing.length > 0) {
    const lines = missing.map(([, shown]) => `  ${shown}`).join("\n");
    throw new WrongArguments(`the following required arguments were not provided:\n${lines}`);
  }
}
