import Glibc

/// The program to measure, which was built along with this one.
enum Program {
  static var path: String {
    get throws(BenchFailure) {
      var path = [CChar](repeating: 0, count: Int(PATH_MAX))
      guard readlink("/proc/self/exe", &path, path.count - 1) > 0 else {
        throw BenchFailure("readlink /proc/self/exe", errno: errno)
      }
      let here = path.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
      let program = here.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/orgman"
      guard access(program, X_OK) == 0 else {
        throw BenchFailure("there is no \(program); swift build -c release --product orgman makes it")
      }
      return program
    }
  }
}
