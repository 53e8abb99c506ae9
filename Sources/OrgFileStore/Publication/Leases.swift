import Glibc

/// A lease on one file. While it is held, other programs that open the file for writing have to wait.
final class Lease {
  private let calls: SystemCalls
  private let file: Descriptor
  private let name: String

  /// Why a lease couldn't be taken.
  enum Refusal: Error {
    /// Another program has the file open for writing.
    case isBusy
    /// Leases aren't available, for example on a file of another owner.
    case isUnavailable
  }

  init(_ name: String, in directory: borrowing Descriptor, _ calls: SystemCalls) throws(Refusal) {
    self.calls = calls
    self.name = name
    guard let file = try? calls.open(name, in: directory, O_RDONLY),
      let isTaken = calls.takeLease(file, name)
    else { throw .isUnavailable }
    guard isTaken else { throw .isBusy }
    self.file = file
  }

  deinit { calls.releaseLease(file) }

  /// The leased file; by now the name may lead to another file.
  var identity: FileIdentity? { (try? calls.status(file, name)).map { FileIdentity($0) } }

  /// Whether no process is waiting for its release, which means that none has written to the file since it was taken.
  var isUndisturbed: Bool { calls.isLeaseUndisturbed(file) }
}

/// The leases on data files, as far as available.
struct Leases {
  private var held: [String: Lease] = [:]

  /// Takes leases on some files; `nil` if another program is writing to one of them.
  ///
  /// - Parameter isPartial: do without a lease on a file that is being written to.
  init?(_ directory: DataDirectory, on files: [String], isPartial: Bool) {
    for name in files {
      do throws(Lease.Refusal) {
        held[name] = try Lease(name, in: directory.root, directory.calls)
      } catch {
        guard error == .isUnavailable || isPartial else { return nil }
      }
    }
  }

  subscript(name: String) -> Lease? {
    get { held[name] }
    set { held[name] = newValue }
  }

  /// Whether a process is waiting for the release of a lease.
  var areAwaited: Bool { held.values.contains { !$0.isUndisturbed } }
}
