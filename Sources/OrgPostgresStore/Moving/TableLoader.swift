import FoundationEssentials
import OrgCore
import Synchronization

/// Loads what files say into a database: organizations with their members, a number of them in each transaction.
///
/// Used by one thread at a time. The triggers of the schema `orgman` record nothing of it.
package final class TableLoader: Sendable {
  private let settings: ConnectionSettings
  let connection: Connection
  private let present: Mutex<LoadedForm>
  /// How values are written in the tables.
  package var form: LoadedForm { present.withLock { $0 } }
  var tables: Tables { Tables(form.shape) }
  private let actor: Actor

  /// Connects, and looks at the tables; changes nothing.
  ///
  /// - Throws: `unusableTables`, `newerSchema`, or `system` if the server can't be reached.
  package init(_ settings: ConnectionSettings, actor: Actor) throws(OrgError) {
    (self.settings, self.actor) = (settings, actor)
    do throws(PostgresError) {
      connection = try Connection(settings)
      present = Mutex(LoadedForm(try Self.shape(connection)))
    } catch {
      throw error.error("The database can't be opened", of: settings.display)
    }
    if let obstacle = form.shape.obstacle { throw OrgError(.unusableTables, obstacle) }
  }

  private init(_ other: TableLoader, _ connection: Connection) {
    (settings, actor, self.connection) = (other.settings, other.actor, connection)
    present = Mutex(other.form)
  }

  /// The same on another connection, for loading rows at the same time.
  package func another() throws(OrgError) -> TableLoader {
    try explaining { () throws(PostgresError) in TableLoader(self, try Connection(settings)) }
  }

  private static func shape(_ connection: Connection) throws(PostgresError) -> TableShape {
    TableShape(rows: try connection.run(TableShape.looking(by: TableShape.detectionQuery))[1].texts)
  }

  /// Where the database is, for messages.
  package var name: String { settings.display }
  /// Whether ids are UUIDs.
  package var hasUUIDs: Bool { form.shape.idType == "uuid" }
  /// How many characters an id may have where ids are texts.
  package var idLength: Int { form.shape.column(.id)?.length ?? 255 }

  /// Hashes of what is in the tables.
  package var sums: RecordSums { RecordSums(connection, form, name: name) }

  /// No rows.
  package func rows() -> LoadedRows { LoadedRows(form) }

  // MARK: What is there

  /// What is in the database before anything is loaded.
  package struct State: Sendable {
    package var organizations = 0
    package var members = 0
    package var generations = 0
    /// Where the files are of which the last migration was.
    package var source: String?
    package var isFinished = false
    /// Whether somebody has changed something since it was finished.
    package var hasChanged = false
  }

  /// Looks at what is there.
  package func state() throws(OrgError) -> State {
    var state = State()
    let shape = try explaining { () throws(PostgresError) in try Self.shape(connection) }
    guard shape.hasTables else { return state }
    let counts: SQL = """
      select (select count(*) from \(raw: tables.organizations)), (select count(*) from \(raw: tables.members))
      """
    let rows = try ask(counts)
    (state.organizations, state.members) = (rows.number(0, 0) ?? 0, rows.number(0, 1) ?? 0)
    guard shape.installation?.version != nil else { return state }
    let more = try ask(
      """
      select (select count(*) from orgman.history), m.source, m.finished is not null, r.generation <> m.generation \
      from orgman.revision r left join orgman.migration m on true
      """)
    state.generations = more.number(0, 0) ?? 0
    (state.source, state.isFinished) = (more.text(0, 1), more.isTrue(0, 2))
    state.hasChanged = more.isTrue(0, 3)
    return state
  }

  /// What is known of an organization that was loaded.
  package struct Loaded: Sendable {
    package var hash: String
    package var place: Int
    package var listPlace: Int?
  }

  /// What was loaded, by the ids in the tables.
  package func loaded() throws(OrgError) -> [String: Loaded] {
    var loaded: [String: Loaded] = [:]
    let query =
      "copy (select organization::text, sha256, place, list_place from orgman.kept_organization) to stdout"
    try explaining { () throws(PostgresError) in
      _ = try connection.copyOut(query) { (line) throws(Never) in
        let row = CopiedRow(line)
        guard let id = row.text(0) else { return }
        loaded[id] = Loaded(hash: row.text(1) ?? "", place: row.number(2) ?? 0, listPlace: row.number(3))
      }
    }
    return loaded
  }

  /// The generations of the history that are there.
  package func generations() throws(OrgError) -> Set<UInt64> {
    var generations: Set<UInt64> = []
    try explaining { () throws(PostgresError) in
      _ = try connection.copyOut(
        "copy (select generation from orgman.history where generation is not null) to stdout"
      ) {
        (line) throws(Never) in
        if let generation = CopiedRow(line).number(0) { generations.insert(UInt64(generation)) }
      }
    }
    return generations
  }

  // MARK: Loading

  /// Installs the schema `orgman`, and the tables if there are none; then writes down that a migration begins or goes on.
  ///
  /// - Parameter dropsIndexes: whether indexes are created anew at the end, which for many rows takes much less time.
  /// - Throws: `locked` while another migration into the database goes on.
  package func begin(source: String, dropsIndexes: Bool) throws(OrgError) {
    try excludeOthers()
    try SchemaInstaller(settings).install()
    let shape = try explaining { () throws(PostgresError) in try Self.shape(connection) }
    present.withLock { $0 = LoadedForm(shape) }
    let mark: SQL = """
      insert into orgman.migration (source) values (\(source)) \
      on conflict (single) do update set source = excluded.source, finished = null, generation = null
      """
    // The files may have another generation of that number by now.
    let forget =
      "delete from orgman.history h using orgman.migration m where h.generation = m.generation and h.transaction < '\(Self.carried)'"
    try transaction { () throws(PostgresError) in
      _ = try connection.run(Statement(forget))
      _ = try connection.run(mark.statement)
      guard dropsIndexes else { return }
      // Their definitions are kept, so that whoever finishes the migration creates them.
      _ = try connection.run(
        Statement("update orgman.migration set indexes = array(\(indexDefinitions)) where indexes is null"))
      let names = try connection.run(Statement(indexNames))
      for row in 0..<names.count {
        if let name = names.text(row, 0) {
          _ = try connection.run(Statement("drop index \(name)")) { _ in true }
        }
      }
    }
  }

  /// Creates the indexes that were dropped.
  package func createIndexes() throws(OrgError) {
    try transaction { () throws(PostgresError) in
      _ = try connection.run(Statement("set local maintenance_work_mem = '256MB'"))
      let definitions = try connection.run(Statement("select unnest(indexes) from orgman.migration"))
      for row in 0..<definitions.count {
        guard let definition = definitions.text(row, 0) else { continue }
        let start = "CREATE INDEX "
        guard definition.hasPrefix(start) else { continue }
        _ = try connection.run(Statement("\(start)IF NOT EXISTS \(definition.dropFirst(start.count))")) { _ in
          true
        }
      }
      _ = try connection.run(Statement("update orgman.migration set indexes = null"))
    }
  }

  /// Loads rows in one transaction.
  package func load(_ rows: LoadedRows) throws(OrgError) {
    try transaction { () throws(PostgresError) in
      for statement in stagingTables { _ = try connection.run(Statement(statement)) }
      try connection.copy(rows.organizations.bytes, to: "copy pg_temp.moved_organization from stdin")
      try connection.copy(rows.members.bytes, to: "copy pg_temp.moved_member from stdin")
      try connection.copy(rows.kept.bytes, to: "copy pg_temp.moved_kept from stdin")
      try connection.copy(rows.ids.bytes, to: "copy pg_temp.moved_id from stdin")
      for statement in checks {
        let found = try connection.run(Statement(statement.sql)) { _ in true }
        if let row = found.text(0, 0) { throw PostgresError(.server("22000"), statement.what + row) }
      }
      for statement in (rows.replaced.isEmpty ? [] : replacement) + insertion {
        _ = try connection.run(Statement(statement)) { _ in true }
      }
    }
  }

  /// Has organizations moved once more, for they aren't in the tables as they were loaded.
  package func forget(_ ids: [String]) throws(OrgError) {
    guard !ids.isEmpty else { return }
    let those: SQL = "k.organization = any(\(tables.ids(ids)))"
    let present = "exists (select from \(tables.organizations) o where o.id = k.organization)"
    try transaction { () throws(PostgresError) in
      let statements: [SQL] = [
        "update orgman.kept_organization k set sha256 = '' where \(those) and \(raw: present)",
        "delete from orgman.kept_organization k where \(those) and not \(raw: present)",
      ]
      for statement in statements { _ = try connection.run(statement.statement) { _ in true } }
    }
  }

  /// Removes organizations that the files have no longer.
  package func remove(_ ids: [String]) throws(OrgError) {
    guard !ids.isEmpty else { return }
    let list = tables.ids(ids)
    try transaction { () throws(PostgresError) in
      let statements: [SQL] = [
        "delete from \(raw: tables.members) m where \(raw: tables.memberOrganization) = any(\(list))",
        "delete from \(raw: tables.organizations) o where o.id = any(\(list))",
        "delete from orgman.kept_organization where organization = any(\(list))",
      ]
      for statement in statements { _ = try connection.run(statement.statement) { _ in true } }
    }
  }

  /// What is around the entries of a file.
  package struct Frame: Sendable {
    package var name: String
    package var head: [UInt8]
    package var tail: [UInt8]
    package var entries: Int
    package var size: Int
    package var hash: String
    /// Entries that belong to no row, with their places.
    package var leftovers: [(place: Int, text: [UInt8])]

    package init(
      name: String, head: [UInt8], tail: [UInt8], entries: Int, size: Int, hash: String,
      leftovers: [(place: Int, text: [UInt8])]
    ) {
      (self.name, self.head, self.tail) = (name, head, tail)
      (self.entries, self.size, self.hash, self.leftovers) = (entries, size, hash, leftovers)
    }
  }

  /// Replaces what is kept around the entries, and the places of entries that have moved.
  package func keep(_ frames: [Frame], moved: [(id: String, place: Int, listPlace: Int?)]) throws(OrgError) {
    var (files, pieces, places) = (CopyRows(), CopyRows(), CopyRows())
    for frame in frames {
      files.add(frame.name)
      files.addBytes(frame.head[...])
      files.addBytes(frame.tail[...])
      files.add(frame.entries)
      files.add(frame.size)
      files.add(frame.hash)
      files.endRow()
      for piece in frame.leftovers {
        pieces.add(frame.name)
        pieces.add(piece.place)
        pieces.addBytes(piece.text[...])
        pieces.endRow()
      }
    }
    for entry in moved {
      places.add(entry.id)
      places.add(entry.place)
      places.add(entry.listPlace)
      places.endRow()
    }
    try transaction { () throws(PostgresError) in
      _ = try connection.run(Statement("delete from orgman.kept_file"))
      _ = try connection.run(Statement("delete from orgman.kept_piece"))
      try connection.copy(files.bytes, to: "copy orgman.kept_file from stdin")
      try connection.copy(pieces.bytes, to: "copy orgman.kept_piece from stdin")
      guard places.count > 0 else { return }
      _ = try connection.run(
        Statement(
          "create temporary table moved_place (id \(form.shape.idType), place bigint, list_place bigint) on commit drop"
        ))
      try connection.copy(places.bytes, to: "copy pg_temp.moved_place from stdin")
      _ = try connection.run(
        Statement(
          "update orgman.kept_organization k set place = p.place, list_place = p.list_place from pg_temp.moved_place p where p.id = k.organization"
        )
      ) { _ in true }
    }
  }

  /// Keeps what files call organizations that are in the history alone.
  package func keep(originals: [String: String]) throws(OrgError) {
    guard !originals.isEmpty else { return }
    var rows = CopyRows()
    for (id, original) in originals {
      rows.add(id)
      rows.add(original)
      rows.endRow()
    }
    try transaction { () throws(PostgresError) in
      _ = try connection.run(
        Statement("create temporary table moved_id (id \(form.shape.idType), original text) on commit drop"))
      try connection.copy(rows.bytes, to: "copy pg_temp.moved_id from stdin")
      _ = try connection.run(Statement(idInsertion))
    }
  }

  /// Counts everything, and writes down that everything is there; this is a generation of its own.
  ///
  /// - Parameters:
  ///   - generation: the newest one that the files have.
  ///   - note: what the history says of it.
  package func finish(after generation: UInt64, note: String) throws(OrgError) {
    struct Entry: Encodable {
      let kind = "edit"
      let actor: Actor
      let note: String
    }
    let entry = (try? JSONEncoder().encode(Entry(actor: actor, note: note))).map {
      String(decoding: $0, as: UTF8.self)
    }
    let statements: [SQL] = [
      "select set_config('orgman.entry', \(entry ?? ""), true)",
      "update orgman.revision set generation = greatest(generation, \(Int(clamping: generation)))",
      "select orgman.recount()",
      "update orgman.migration set finished = now(), generation = (select generation from orgman.revision)",
    ]
    try transaction { () throws(PostgresError) in
      for statement in statements { _ = try connection.run(statement.statement) { _ in true } }
    }
    try explaining { () throws(PostgresError) in
      _ = try connection.run(Statement("analyze \(tables.organizations), \(tables.members)")) { _ in true }
    }
  }

  // MARK: Transactions

  func ask(_ statement: SQL) throws(OrgError) -> Rows {
    try explaining { () throws(PostgresError) in
      try connection.run([ConnectionPool.searchPath, statement.statement])[1]
    }
  }

  func transaction(_ body: () throws(PostgresError) -> Void) throws(OrgError) {
    try explaining { () throws(PostgresError) in
      do throws(PostgresError) {
        _ = try connection.run([
          Statement("begin isolation level read committed, read write"), ConnectionPool.searchPath,
          Statement("set local orgman.loading = 'on'"),
        ])
        try body()
        _ = try connection.run(Statement("commit")) { _ in true }
      } catch {
        _ = try? connection.run(Statement("rollback"))
        throw error
      }
    }
  }

  func explaining<Value>(_ body: () throws(PostgresError) -> Value) throws(OrgError) -> Value {
    do throws(PostgresError) {
      return try body()
    } catch {
      throw error.error("The data can't be moved", of: name)
    }
  }
}
