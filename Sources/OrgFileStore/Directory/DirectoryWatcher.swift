import CLinux
import Glibc

/// Reports that a data file may have changed, through a descriptor that becomes readable, for use in an event loop. It
/// causes no wakeups while nothing changes.
public final class DirectoryWatcher: Sendable {
  /// Readable when there is something to drain. Poll it, but don't read from it.
  public let descriptor: Int32
  private let names: Set<String>
  private let path: String
  /// Whether the kernel reports changes; if not, a timer fires every two seconds.
  private let isNotified: Bool

  init(path: String, names: Set<String>) {
    self.names = names
    self.path = path
    let notifier = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    let events =
      IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF
      | Int32(IN_ONLYDIR)
    if notifier >= 0, inotify_add_watch(notifier, path, UInt32(events)) >= 0 {
      descriptor = notifier
      isNotified = true
    } else {
      if notifier >= 0 { close(notifier) }
      descriptor = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_NONBLOCK | TFD_CLOEXEC))
      let twoSeconds = timespec(tv_sec: 2, tv_nsec: 0)
      var interval = itimerspec(it_interval: twoSeconds, it_value: twoSeconds)
      timerfd_settime(descriptor, 0, &interval, nil)
      isNotified = false
    }
  }

  deinit { close(descriptor) }

  /// Also watches displaced files, once their directory exists: a write to one of them is a change, too.
  func watchDisplaced() {
    guard isNotified else { return }
    inotify_add_watch(descriptor, "\(path)/\(DataDirectory.privateName)/displaced", UInt32(IN_CLOSE_WRITE))
  }

  /// Consumes all pending events without waiting. Returns true if the data should be read again.
  public func drain() -> Bool {
    var mayHaveChanged = false
    withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 8) { buffer in
      while true {
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        guard count > 0 else { return }
        if !isNotified || mentionsData(UnsafeRawBufferPointer(rebasing: buffer[..<count])) {
          mayHaveChanged = true
        }
      }
    }
    return mayHaveChanged
  }

  private func mentionsData(_ events: UnsafeRawBufferPointer) -> Bool {
    let header = MemoryLayout<inotify_event>.size
    var offset = 0
    while offset + header <= events.count {
      let event = events.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
      // An event without a name is about the directory itself, or says that events were lost.
      if event.len == 0 { return true }
      let name = events[(offset + header)..<min(offset + header + Int(event.len), events.count)].prefix {
        $0 != 0
      }
      // The names of displaced files end with the name of the data file.
      let text = String(decoding: name, as: UTF8.self)
      if names.contains(where: { text == $0 || text.hasSuffix(".\($0)") }) { return true }
      offset += header + Int(event.len)
    }
    return false
  }
}
