import Foundation
import Glibc
import OrgCore
import OrgFileStore
import OrgPostgresStore
import PostgresTesting
import TerminalTesting
import Testing

extension Migrations {
  @Suite struct Killed {
    static let kills = 5

    /// Starts a migration, and kills it as soon as so much is done.
    private func kill(_ arguments: [String], when isDone: () throws -> Bool) throws {
      let process = try ChildProcess(
        try builtProduct("orgman"),
        ["migrate"] + arguments + ["--yes", "--batch", "\(100 * Migrations.scale)"],
        environment: plainEnvironment, workingDirectory: "/", inNewSession: true
      ) {
        posix_spawn_file_actions_addopen(&$0, 0, "/dev/null", O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&$0, 0, 1)
        posix_spawn_file_actions_adddup2(&$0, 0, 2)
      }
      // It is stopped while the database is asked how far it has come, which takes longer than all of its work.
      try waitUntil("so much is done") {
        process.signal(SIGSTOP)
        let isDone = try process.status != nil || isDone()
        if !isDone {
          process.signal(SIGCONT)
          usleep(10_000)
        }
        return isDone
      }
      #expect(process.status == nil, "It ended before it was killed.")
      process.signal(SIGKILL)
      try waitUntil("it is gone") { process.status != nil }
    }

    @Test func `a migration that is killed five times on either way goes on, and loses nothing`() throws {
      let (organizations, members) = (1000 * Migrations.scale, 10_000 * Migrations.scale)
      let files = try Files.generated(organizations, members)
      _ = try OrgManager(store: try files.store()).createOrganization(name: "In the history")
      let before = try files.texts
      let database = try Target.empty.database()
      defer { try? database.drop() }
      for number in 1...Self.kills {
        try kill([files.path, database.url]) {
          let there = try database.run("select to_regclass('orgman.kept_organization') is not null")
          let count =
            there == "t" ? try database.run("select count(*) from orgman.kept_organization") : "0"
          return (Int(count) ?? 0) >= number * organizations / (Self.kills + 5)
        }
      }
      let done = try orgman("migrate", files.path, database.url, "--yes")
      #expect(done.status == .exited(0), "\(done.stderr)")
      #expect(done.stderr.contains("A migration that was ended goes on."))
      #expect(try files.texts == before)

      let path = files.sibling("back")
      let size = before.map(\.utf8.count).reduce(0, +)
      for number in 1...Self.kills {
        try kill([database.url, path]) {
          let sizes = Files.names.map { name in
            (try? FileManager.default.attributesOfItem(atPath: "\(path)/.orgman/incoming/\(name)")[.size]
              as? Int) ?? 0
          }
          return sizes.reduce(0, +) >= number * size / (Self.kills + 2)
        }
        #expect(!Files.names.contains { FileManager.default.fileExists(atPath: "\(path)/\($0)") })
      }
      let back = try orgman("migrate", database.url, path, "--yes")
      #expect(back.status == .exited(0), "\(back.stderr)")
      #expect(back.stdout.contains("byte for byte"))
      for (name, text) in zip(Files.names, before) {
        #expect(try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) == text)
      }
      let doctor = try orgman("doctor", "--data", path)
      #expect(!doctor.stdout.contains("error") && !doctor.stdout.contains("warning"), "\(doctor.stdout)")
    }
  }
}
