import Foundation

/// When processes may be started. Until a new process executes its program, it has every file open that this process
/// had open when it started it: a lease on such a file is refused, and a file that was closed still has a writer.
/// A test that would notice keeps the others from starting any meanwhile.
private final class StartGate: @unchecked Sendable {
  static let shared = StartGate()
  /// Guards the two values, and reports their changes.
  private let condition = NSCondition()
  private var starting = 0
  private var isClosed = false

  func passing<Result>(_ start: () throws -> Result) rethrows -> Result {
    condition.withLock {
      while isClosed { condition.wait() }
      starting += 1
    }
    defer {
      condition.withLock {
        starting -= 1
        condition.broadcast()
      }
    }
    return try start()
  }

  func close() {
    condition.withLock {
      while isClosed { condition.wait() }
      isClosed = true
      while starting > 0 { condition.wait() }
    }
  }

  func open() {
    condition.withLock {
      isClosed = false
      condition.broadcast()
    }
  }
}

/// Starts a process, once no test objects.
func startingProcess<Result>(_ start: () throws -> Result) rethrows -> Result {
  try StartGate.shared.passing(start)
}

extension Process {
  /// The same as `run()`, once no test objects.
  public func start() throws { try startingProcess { try run() } }
}

/// Runs a body while no process is being started. It can't start one itself.
public func withoutProcessStarts<Result>(_ body: () throws -> Result) rethrows -> Result {
  StartGate.shared.close()
  defer { StartGate.shared.open() }
  return try body()
}
