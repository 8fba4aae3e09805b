#!/usr/bin/env node
// The `imagestream` command on Node.

import { writeSync } from "node:fs";

import { ImageStreamError } from "./error.js";
import { WrongArguments } from "./cli/arguments.js";
import { createMapping, get, history } from "./cli/commands.js";
import commandHelp from "./cli/help/imagestream.txt";
import createMappingHelp from "./cli/help/create-mapping.txt";
import getHelp from "./cli/help/get.txt";
import getSummary from "./cli/help/get-short.txt";
import historyHelp from "./cli/help/history.txt";

const COMMANDS = {
  "create-mapping": { run: createMapping, help: createMappingHelp },
  get: { run: get, help: getHelp, summary: getSummary },
  history: { run: history, help: historyHelp },
};

/** Writes the whole text, also to a pipe. */
function write(fd, text) {
  let bytes = Buffer.from(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(fd, bytes));
    } catch (error) {
      // The pipe is full: try again.
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

const io = { print: (text) => write(1, text), note: (text) => write(2, text) };

/** What the user can do about an error. */
function hint({ code, details, message }) {
  switch (code === "NotFound" ? details?.kind : code) {
    case "Locked": {
      const { address } = details ?? {};
      if (!address) {
        return (
          "wait until that process has ended, or stop it; if it certainly has ended (another machine, a container that is " +
          `gone), remove ${JSON.parse(/^"(?:[^"\\]|\\.)*"/.exec(message)?.[0] ?? '"it"')}.lock`
        );
      }
      const path = "/apis/image.openshift.io/v1/imagestreams";
      return (
        `query that server instead of the file, for example:\n  curl ${address}${path}\n` +
        `  kubectl --server ${address} get --raw ${path}\n  oc --server ${address} get --raw ${path}`
      );
    }
    case "NoSuchStore":
      return "check --db; `imagestream create-mapping --create-stream` creates a new store";
    case "imagestreammappings":
      return "there is no such stream: check -n, or create it with --create-stream";
    case "imagestreams":
      return "check -n; `imagestream get imagestreams -A` lists all streams";
    default:
      return undefined;
  }
}

function main([name, ...rest]) {
  if (name === "--version" || name === "-V") return io.print(`imagestream ${VERSION}\n`);
  if (name === "help" && rest[0] in COMMANDS) return io.print(COMMANDS[rest[0]].help);
  if (name === "help" || name === "--help" || name === "-h") return io.print(commandHelp);
  if (name === undefined) {
    io.note(commandHelp);
    return 2;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new WrongArguments(`unrecognized subcommand '${name}'`);
  if (command.run(rest, io) === "help") {
    io.print(command.summary && !rest.includes("--help") ? command.summary : command.help);
  }
}

try {
  process.exitCode = main(process.argv.slice(2)) ?? 0;
} catch (error) {
  if (error.code === "EPIPE") {
    // The reader has closed the pipe, as `head` does.
    process.exitCode = 0;
  } else if (error instanceof WrongArguments) {
    io.note(`error: ${error.message}\n\nFor more information, try '--help'.\n`);
    process.exitCode = 2;
  } else {
    const help = error instanceof ImageStreamError && hint(error);
    io.note(`error: ${error.message}${help ? `\nhint: ${help}` : ""}\n`);
    process.exitCode = 1;
  }
}
