import Foundation
import OrgCore
import Synchronization
import Testing

@testable import OrgFileStore

@Suite struct SegmentNamesTests {
  /// Counts the system calls of a kind.
  private final class CallCount: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func calls(named name: String) -> SystemCalls {
      SystemCalls(fault: { [self] call in
        if call.description == name { count.withLock { $0 += 1 } }
        return nil
      })
    }
  }

  /// Changes the journal no more for longer than a tick of the clock.
  private func settle() { usleep(30_000) }

  @Test func `the names are listed again only after one came or went`() throws {
    let scratch = try Scratch.reference()
    _ = try scratch.store().commit(Sample.role)
    settle()
    let count = CallCount()
    let calls = count.calls(named: "opendir")
    let directory = try StateDirectory(scratch.store().directory)
    func names() throws -> [String] { try calls.segmentNames.names(in: directory.journal, calls) }
    let first = try names()
    #expect(first == ["000000000000.jsonl"])
    #expect(try names() == first)
    #expect(count.value == 1)
    for suffix in ["", ".zst"] {
      try scratch.write(".orgman/journal/000000000007.jsonl\(suffix)", [])
      #expect(try names() == first + ["000000000007.jsonl"])
    }
    settle()
    _ = try names()
    try FileManager.default.removeItem(atPath: scratch.path + "/.orgman/journal/000000000007.jsonl")
    #expect(try names() == first + ["000000000007.jsonl"])
    try FileManager.default.removeItem(atPath: scratch.path + "/.orgman/journal/000000000007.jsonl.zst")
    #expect(try names() == first)
  }

  @Test func `names that came in the same tick of the clock are found`() throws {
    let scratch = try Scratch.reference()
    _ = try scratch.store().commit(Sample.role)
    let directory = try StateDirectory(scratch.store().directory)
    let calls = SystemCalls()
    for number in 1...50 {
      try scratch.write(".orgman/journal/\(100_000_000_000 + number).jsonl", [])
      #expect(try calls.segmentNames.names(in: directory.journal, calls).count == number + 1)
    }
  }

  @Test func `a command lists the journal once, however often it asks`() throws {
    let scratch = try Scratch.reference()
    _ = try scratch.store().commit(Sample.role)
    settle()
    let count = CallCount()
    let store = try FileStore(path: scratch.path, calls: count.calls(named: "opendir"))
    _ = try store.snapshot()
    _ = try store.undoable(by: nil)
    _ = try store.history(from: nil, limit: 50)
    _ = try store.history(matching: HistoryFilter(organization: Sample.globex), from: nil, limit: 50)
    // The displaced files may be listed once more.
    #expect(count.value <= 2, "\(count.value)")
  }
}
