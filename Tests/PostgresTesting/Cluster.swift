import Foundation

/// How the data directories of servers are made.
enum Cluster {
  /// What `initdb` makes, done once: copies of it are made in a tenth of the time.
  static let pristine = Result {
    let directory = try ServerDirectory()
    try Installation.run(
      try Installation.program("initdb"),
      [
        "-D", directory.path + "/data", "-U", "postgres", "--auth-local=trust", "--auth-host=scram-sha-256",
        "-E",
        "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions",
      ], in: directory)
    return directory
  }

  private static let usualSettings = [
    "listen_addresses": "", "max_connections": "400", "shared_buffers": "128MB", "fsync": "on",
    // In the data directory, which is removed with all that a killed server leaves.
    "dynamic_shared_memory_type": "mmap",
    // Each new database fills half a segment.
    "wal_init_zero": "off",
  ]

  /// Writes the settings of a server.
  static func configure(_ directory: ServerDirectory, _ settings: [String: String]) throws {
    let lines = usualSettings.merging(settings) { $1 }.sorted { $0.key < $1.key }.map {
      "\($0.key) = '\($0.value.replacing("'", with: "''"))'\n"
    }
    guard let file = FileHandle(forWritingAtPath: directory.path + "/data/postgresql.conf") else {
      throw ServerFailure("No postgresql.conf in \(directory.path)")
    }
    try file.seekToEnd()
    try file.write(contentsOf: Data(lines.joined().utf8))
    try file.close()
  }
}
