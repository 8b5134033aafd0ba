/**
 * Reads Python pickles (protocols 0 to 5) as data. Nothing is executed: a global must be in a table of names that the
 * reader allows. All others are refused by name.
 */

/** An object of an unknown class: the class name and the stored attributes. */
export class PickledObject {
  readonly attributes = new Map<unknown, unknown>();
  constructor(readonly type: string) {}
}

/** A name that a pickle refers to: a class or a function. The reader keeps it but cannot call it. */
export class PickledGlobal {
  constructor(readonly name: string) {}
}

/** The functions that a pickle may call, by "module.name". `call` makes a value from the arguments. */
export type AllowedGlobals = ReadonlyMap<string, (args: readonly unknown[]) => unknown>;

export interface PickleOptions {
  readonly allowed: AllowedGlobals;
  /** Resolves a persistent id, such as a storage of PyTorch. */
  readonly persistent?: (id: unknown) => unknown;
  /** Turns objects of unknown classes into PickledObjects. Otherwise they are refused. */
  readonly objects?: boolean;
}

/** The total number of values on the stack, in the memo and in containers. */
const VALUE_LIMIT = 20_000_000;
const MARK = Symbol("mark");

/** Modules without any data classes. A reference to one is an attempt to act. */
const refusedModules =
  /^(builtins|os|posix|nt|sys|subprocess|shutil|socket|importlib|runpy|code|pty|ctypes|types|operator|functools|webbrowser|pickle|_pickle|marshal|asyncio|multiprocessing|threading|io|tempfile|http|urllib|requests)(\.|$)/;

/** Protocol 2 uses the names of Python 2. */
const pythonTwo = new Map([
  ["__builtin__", "builtins"],
  ["copy_reg", "copyreg"],
]);

/**
 * A value, and the position where the pickle ends, because several may follow each other. `name` begins each message.
 */
export function readPickle(
  bytes: Uint8Array,
  name: string,
  options: PickleOptions,
  start = 0,
): { value: unknown; end: number } {
  return new Machine(bytes, name, options, start).run();
}

/** The stack machine that runs pickle programs. */
class Machine {
  private readonly view: DataView;
  private stack: unknown[] = [];
  private readonly memo = new Map<number, unknown>();
  private count = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly name: string,
    private readonly options: PickleOptions,
    private at: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): { value: unknown; end: number } {
    for (;;) {
      const code = this.byte();
      if (code === 0x2e) return { value: this.pop(), end: this.at };
      const step = steps.get(code);
      if (step === undefined) throw this.damaged(`the unknown opcode 0x${code.toString(16).padStart(2, "0")}`);
      step(this);
    }
  }

  damaged(what: string): Error {
    return new Error(`${this.name} is a damaged pickle: ${what} at byte ${this.at}`);
  }

  refused(what: string): Error {
    return new Error(
      `${this.name} refers to ${what}, which is refused: weights need tensors and plain values only. In PyTorch, ` +
        "save them by torch.save(model.state_dict(), path)",
    );
  }

  take(length: number): Uint8Array {
    if (!Number.isSafeInteger(length) || length < 0 || this.at + length > this.bytes.length) {
      throw this.damaged("it is cut short");
    }
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  byte(): number {
    return this.take(1)[0];
  }

  unsigned(width: 1 | 2 | 4 | 8): number {
    const { byteOffset } = this.take(width);
    const at = byteOffset - this.bytes.byteOffset;
    if (width === 8) return Number(this.view.getBigUint64(at, true));
    return width === 1 ? this.bytes[at] : width === 2 ? this.view.getUint16(at, true) : this.view.getUint32(at, true);
  }

  text(length: number): string {
    return Buffer.from(this.take(length)).toString("utf8");
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw this.damaged("a line is cut short");
    const text = this.text(end - this.at);
    this.at++;
    return text;
  }

  push(value: unknown): void {
    if (++this.count > VALUE_LIMIT) throw new Error(`${this.name} holds more than ${VALUE_LIMIT} values`);
    this.stack.push(value);
  }

  pop(): unknown {
    if (this.stack.length === 0) throw this.damaged("its stack is empty");
    const value = this.stack.pop();
    if (value === MARK) throw this.damaged("a mark stands where a value is expected");
    return value;
  }

  /** The values pushed since the last mark. */
  popMark(): unknown[] {
    const mark = this.stack.lastIndexOf(MARK);
    if (mark < 0) throw this.damaged("there is no mark");
    const items = this.stack.splice(mark);
    this.count += items.length;
    if (this.count > VALUE_LIMIT) throw new Error(`${this.name} holds more than ${VALUE_LIMIT} values`);
    return items.slice(1);
  }

  mark(): void {
    this.stack.push(MARK);
  }

  top(): unknown {
    const value = this.pop();
    this.stack.push(value);
    return value;
  }

  discard(): void {
    if (this.stack.pop() === undefined && this.stack.length === 0) return;
  }

  remember(key: number): void {
    this.memo.set(key, this.top());
  }

  rememberNext(): void {
    this.remember(this.memo.size);
  }

  recall(key: number): void {
    if (!this.memo.has(key)) throw this.damaged(`there is no value ${key} in its memo`);
    this.push(this.memo.get(key));
  }

  global(given: string, name: string): void {
    const module = pythonTwo.get(given) ?? given;
    const full = `${module}.${name}`;
    if (!this.options.allowed.has(full) && (refusedModules.test(module) || this.options.objects !== true)) {
      throw this.refused(full);
    }
    this.push(new PickledGlobal(full));
  }

  stackGlobal(): void {
    const [name, module] = [this.pop(), this.pop()];
    if (typeof name !== "string" || typeof module !== "string")
      throw this.damaged("the name of a global is not a text");
    this.global(module, name);
  }

  /** Calls an allowed global. */
  reduce(): void {
    const [args, callee] = [this.pop(), this.pop()];
    if (!(callee instanceof PickledGlobal)) throw this.damaged("it calls something that is not a function");
    if (!Array.isArray(args)) throw this.damaged("the arguments of a call are not a tuple");
    const make = this.options.allowed.get(callee.name);
    if (make !== undefined) this.push(make(args));
    else if (callee.name === "copyreg._reconstructor") {
      this.push(this.object(args[0]));
    } else throw this.refused(`a call of ${callee.name}`);
  }

  /** A new object of a class, which only keeps its attributes. */
  create(withKeywords: boolean): void {
    if (withKeywords) this.pop();
    const [args, type] = [this.pop(), this.pop()];
    if (!Array.isArray(args)) throw this.damaged("the arguments of a class are not a tuple");
    const make = type instanceof PickledGlobal ? this.options.allowed.get(type.name) : undefined;
    this.push(make ? make(args) : this.object(type));
  }

  private object(type: unknown): PickledObject {
    if (!(type instanceof PickledGlobal)) throw this.damaged("an object has no class");
    if (this.options.objects !== true) throw this.refused(`an object of ${type.name}`);
    return new PickledObject(type.name);
  }

  /** Sets the state of an object. The state of other values (ordered mappings, parameters) is ignored. */
  build(): void {
    const state = this.pop();
    const target = this.top();
    if (!(target instanceof PickledObject)) return;
    const [own, slots] = Array.isArray(state) ? state : [state, undefined];
    for (const part of [own, slots]) {
      if (part instanceof Map) for (const [key, value] of part) target.attributes.set(key, value);
      else if (part != null) target.attributes.set("state", part);
    }
  }

  setItems(pairs: readonly unknown[]): void {
    const target = this.top();
    if (pairs.length % 2 !== 0) throw this.damaged("a mapping has a key without a value");
    const map = target instanceof PickledObject ? target.attributes : target;
    if (!(map instanceof Map)) throw this.damaged("it puts items into something that is not a mapping");
    for (let i = 0; i < pairs.length; i += 2) map.set(pairs[i], pairs[i + 1]);
  }

  append(items: readonly unknown[]): void {
    const target = this.top();
    if (target instanceof PickledObject) return;
    if (target instanceof Set) for (const item of items) target.add(item);
    else if (Array.isArray(target)) for (const item of items) target.push(item);
    else throw this.damaged("it appends items to something that is not a list");
  }

  persistent(id: unknown): void {
    if (this.options.persistent === undefined) throw this.refused("a persistent id");
    this.push(this.options.persistent(id));
  }

  /** An integer of any length, little-endian. */
  long(length: number): number {
    const bytes = this.take(length);
    if (length > 1024) throw this.damaged(`an integer has ${length} bytes`);
    let value = 0n;
    for (const [i, byte] of bytes.entries()) value += BigInt(byte) << BigInt(8 * i);
    return Number(length > 0 && bytes[length - 1] >= 128 ? value - (1n << BigInt(8 * length)) : value);
  }

  integer(text: string): number | boolean {
    if (text === "00" || text === "01") return text === "01";
    const value = Number(text.replace(/L$/, ""));
    if (!Number.isFinite(value)) throw this.damaged(`"${text.slice(0, 20)}" is not a number`);
    return value;
  }

  /** A quoted text, as in protocol 0. */
  quoted(): string {
    return this.line()
      .slice(1, -1)
      .replace(/\\x([0-9a-f]{2})/g, (_, code) => String.fromCharCode(parseInt(code, 16)));
  }

  signed32(): number {
    return this.unsigned(4) | 0;
  }

  float(): number {
    const { byteOffset } = this.take(8);
    return this.view.getFloat64(byteOffset - this.bytes.byteOffset, false);
  }
}

/** A frame only gives the number of bytes that follow, and a proto only the version of the writer. */
const steps: ReadonlyMap<number, (machine: Machine) => void> = new Map<number, (machine: Machine) => void>([
  [0x80, (m) => m.take(1)],
  [0x95, (m) => m.take(8)],
  [0x28, (m) => m.mark()],
  [0x30, (m) => m.discard()],
  [0x31, (m) => m.popMark()],
  [0x32, (m) => m.push(m.top())],
  [0x4e, (m) => m.push(null)],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
  [0x49, (m) => m.push(m.integer(m.line()))],
  [0x4c, (m) => m.push(m.integer(m.line()))],
  [0x46, (m) => m.push(m.integer(m.line()))],
  [0x4a, (m) => m.push(m.signed32())],
  [0x4b, (m) => m.push(m.byte())],
  [0x4d, (m) => m.push(m.unsigned(2))],
  [0x8a, (m) => m.push(m.long(m.byte()))],
  [0x8b, (m) => m.push(m.long(m.unsigned(4)))],
  [0x47, (m) => m.push(m.float())],
  [0x53, (m) => m.push(m.quoted())],
  [0x56, (m) => m.push(m.line())],
  [0x54, (m) => m.push(m.text(m.unsigned(4)))],
  [0x55, (m) => m.push(m.text(m.byte()))],
  [0x58, (m) => m.push(m.text(m.unsigned(4)))],
  [0x8c, (m) => m.push(m.text(m.byte()))],
  [0x8d, (m) => m.push(m.text(m.unsigned(8)))],
  [0x42, (m) => m.push(m.take(m.unsigned(4)))],
  [0x43, (m) => m.push(m.take(m.byte()))],
  [0x8e, (m) => m.push(m.take(m.unsigned(8)))],
  [0x96, (m) => m.push(m.take(m.unsigned(8)))],
  [0x7d, (m) => m.push(new Map())],
  [0x5d, (m) => m.push([])],
  [0x29, (m) => m.push([])],
  [0x8f, (m) => m.push(new Set())],
  [0x85, (m) => m.push([m.pop()])],
  [0x86, (m) => m.push([m.pop(), m.pop()].reverse())],
  [0x87, (m) => m.push([m.pop(), m.pop(), m.pop()].reverse())],
  [0x74, (m) => m.push(m.popMark())],
  [0x6c, (m) => m.push(m.popMark())],
  [0x91, (m) => m.push(new Set(m.popMark()))],
  [
    0x64,
    (m) => {
      const items = m.popMark();
      m.push(new Map());
      m.setItems(items);
    },
  ],
  [0x61, (m) => m.append([m.pop()])],
  [0x65, (m) => m.append(m.popMark())],
  [0x90, (m) => m.append(m.popMark())],
  [0x73, (m) => m.setItems([m.pop(), m.pop()].reverse())],
  [0x75, (m) => m.setItems(m.popMark())],
  [0x71, (m) => m.remember(m.byte())],
  [0x72, (m) => m.remember(m.unsigned(4))],
  [0x70, (m) => m.remember(Number(m.line()))],
  [0x94, (m) => m.rememberNext()],
  [0x68, (m) => m.recall(m.byte())],
  [0x6a, (m) => m.recall(m.unsigned(4))],
  [0x67, (m) => m.recall(Number(m.line()))],
  [0x63, (m) => m.global(m.line(), m.line())],
  [0x93, (m) => m.stackGlobal()],
  [0x52, (m) => m.reduce()],
  [0x81, (m) => m.create(false)],
  [0x92, (m) => m.create(true)],
  [0x62, (m) => m.build()],
  [0x51, (m) => m.persistent(m.pop())],
  [0x50, (m) => m.persistent(m.line())],
]);
