import Glibc

/// Other programs on the machine, and the cost of merely reading and writing the files.
struct Peers {
  let sample: Sample
  let runs: Int

  private var both: [String] { [sample.organizationsFile, sample.membersFile] }

  func measure(_ row: Row) throws(BenchFailure) -> Figure {
    switch row {
    case .python:
      // The program on the PATH may be a script that first has to find the real one.
      guard
        let python = output(of: ["python3", "-c", "import sys; print(sys.executable)"], in: sample.directory)
      else { return Figure(row, missing: "python3") }
      let script = "import json, sys; data = [json.load(open(path)) for path in sys.argv[1:]]"
      return try time(row, [python, "-c", script] + both)
    case .jq:
      guard find("jq") != nil else { return Figure(row, missing: "jq") }
      return try time(row, ["jq", "-c", "."] + both)
    case .fzf:
      guard find("fzf") != nil else { return Figure(row, missing: "fzf") }
      let note = "\(sample.scale.organizations.grouped) names"
      return try time(row, ["fzf", "--filter", "acme"], input: sample.namesFile, note: note)
    case .visidata:
      guard let program = find("visidata") ?? find("vd") else { return Figure(row, missing: "visidata") }
      return try time(row, [program, "-b", "-f", "json"] + both)
    case .simdjson: return try simdjson()
    case .scan: return try scan()
    case .write: return try write()
    default: throw BenchFailure("\(row.rawValue) doesn't measure another program.")
    }
  }

  /// Runs a program repeatedly, but for no longer than half a minute.
  private func time(
    _ row: Row, _ arguments: [String], input: String = "/dev/null", note: String? = nil
  ) throws(BenchFailure) -> Figure {
    let start = now()
    var samples = [try run(arguments, input: input)]
    // The first run has loaded the program into memory.
    if samples[0] < 5000 { samples = [] }
    let limit = max(3, runs / 3)
    while samples.count < limit, samples.isEmpty || now() - start < 30_000_000_000 {
      samples.append(try run(arguments, input: input))
    }
    return Figure(row, sample.scale, samples, note: note)
  }

  /// A small C++ program, if the compiler and the library are available: orgman itself must not depend on them.
  private func simdjson() throws(BenchFailure) -> Figure {
    let source = sample.directory + "/simdjson.cpp"
    let program = sample.directory + "/simdjson"
    defer { for path in [source, program] { unlink(path) } }
    var file = try OutputFile(source)
    try file.write(
      """
      #include <simdjson.h>
      #include <chrono>
      #include <cstdio>
      int main(int count, char **paths) {
        for (int run = 0; run < \(max(3, runs / 3) + 1); run++) {
          auto start = std::chrono::steady_clock::now();
          for (int index = 1; index < count; index++) {
            simdjson::dom::parser parser;
            simdjson::dom::element document;
            if (parser.load(paths[index]).get(document)) return 1;
          }
          std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
          if (run > 0) printf("%f ", time.count());
        }
      }
      """)
    try file.finish()
    guard find("c++") != nil,
      (try? run(["c++", "-O3", "-std=c++17", "-o", program, source, "-lsimdjson"])) != nil
    else { return Figure(.simdjson, missing: "simdjson (libsimdjson-dev and a C++ compiler)") }
    let times = output(of: [program] + both, in: sample.directory)?.split(separator: " ").compactMap {
      Double($0)
    }
    guard let times, !times.isEmpty else { throw BenchFailure("simdjson failed") }
    return Figure(.simdjson, sample.scale, times)
  }

  /// Reads both files into memory that has already been touched, and searches for a byte that isn't in them.
  private func scan() throws(BenchFailure) -> Figure {
    let sizes = both.map(size)
    var memory = [UInt8](repeating: 0, count: sizes.max() ?? 0)
    var samples: [Double] = []
    for run in 0...runs {
      let time = try milliseconds { () throws(BenchFailure) in
        for path in both {
          let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
          let count = read(descriptor, &memory, memory.count)
          close(descriptor)
          let isText = memory.withUnsafeBytes { bytes in
            bytes.baseAddress.map { memchr($0, 0, max(0, count)) == nil } ?? false
          }
          guard count == size(of: path), isText else { throw BenchFailure("\(path) can't be scanned") }
        }
      }
      if run > 0 { samples.append(time) }
    }
    return Figure(.scan, sample.scale, samples)
  }

  /// The minimum cost of durably replacing a whole file.
  private func write() throws(BenchFailure) -> Figure {
    let bytes = try contents(of: sample.membersFile)
    let path = sample.directory + "/plain"
    defer { for path in [path, path + ".new"] { unlink(path) } }
    var samples: [Double] = []
    for run in 0..<Warming.writes + runs {
      let time = try milliseconds { () throws(BenchFailure) in
        let draft = Glibc.open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        let count = Glibc.write(draft, bytes, bytes.count)
        guard count == bytes.count, fsync(draft) == 0, close(draft) == 0, rename(path + ".new", path) == 0
        else { throw BenchFailure("write \(path)", errno: errno) }
      }
      if run >= Warming.writes { samples.append(time) }
    }
    return Figure(.write, sample.scale, samples)
  }
}
