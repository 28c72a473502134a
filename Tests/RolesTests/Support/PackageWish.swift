import Foundation
import Spec
import TestNames

@testable import Fleet
@testable import Roles

/// What a test wants of a role of a package, as a step would send it.
struct PackageWish: Sendable {
    struct File: Sendable {
        var content: [UInt8]
        var mode = "0644"
        var kind = PayloadWriter.Content.plain
        var check: String?
    }

    var target = String(repeating: "a", count: 64)
    var digest = String(repeating: "d", count: 64)
    /// By paths below the guest's folder.
    var files: [String: File] = [:]
    var absent: [String] = []
    var services = [PayloadWriter.Service(unit: "haproxy.service", onChange: "restart")]
    var packages = ["haproxy"]
    var ports: [String] = []
    var hooks: [String: String] = [:]
    /// The outputs of apply that are secrets.
    var hidden: [String] = []
    var inputs: [String: (String, PayloadWriter.Content)] = [:]

    /// A role with a file, a secret one, an input of each kind and a port.
    static var balancer: PackageWish {
        var wish = PackageWish()
        wish.files = [
            "etc/haproxy.cfg": File(content: Array("listen 80\n".utf8)),
            "etc/new/token": File(content: Array("s3cret\n".utf8), mode: "0600", kind: .secret),
        ]
        wish.ports = ["80/tcp"]
        wish.inputs = ["listen": ("80", .plain), "token": ("s3cret", .secret)]
        return wish
    }

    /// - Parameter attempt: the number that it is sent for; with nil what begin gets, which has no bytes.
    func payload(for guest: PackagedGuest, attempt: Int?, isBeginning: Bool = false) -> [UInt8] {
        writer(for: guest, attempt: attempt, isBeginning: isBeginning).bytes
    }

    func writer(for guest: PackagedGuest, attempt: Int?, isBeginning: Bool = false) -> PayloadWriter {
        var writer = PayloadWriter(digest: digest, target: target, attempt: attempt, isBeginning: isBeginning)
        writer.state("package", "load-balancer")
        writer.state("digest", digest)
        writer.variable("INSTANCE", "lb-1")
        for package in packages { writer.package(package) }
        for service in services {
            var service = service
            service.watched = service.watched.map { guest.path($0) }
            writer.service(service)
        }
        guard attempt != nil else { return writer }
        for (path, file) in files.sorted(by: { $0.key < $1.key }) {
            writer.file(
                guest.path(path), file.content, mode: file.mode, owner: Self.owner, file.kind, check: file.check)
        }
        for path in absent { writer.absent(guest.path(path)) }
        for port in ports { writer.port(port) }
        for output in hidden { writer.hide(output) }
        for (name, text) in hooks.sorted(by: { $0.key < $1.key }) { writer.hook(name, Array(text.utf8)) }
        for (name, input) in inputs.sorted(by: { $0.key < $1.key }) {
            writer.input(name, Array(input.0.utf8), input.1)
        }
        writer.inputs(remembered: #"{"token":{"secret":true}}"#, whole: #"{"token":"s3cret"}"#)
        return writer
    }

    /// Whoever runs the tests; users of a guest are not played.
    static var owner: String {
        let attributes = try? FileManager.default.attributesOfItem(atPath: FileManager.default.temporaryDirectory.path)
        let user = attributes?[.ownerAccountName] as? String ?? "root"
        return "\(user):\(attributes?[.groupOwnerAccountName] as? String ?? "root")"
    }

    /// The question about it.
    func question(role: String = "lb") -> String {
        PackageQuestion.line(name(role))
            + inputs.filter { $0.value.1 == .secret }.map {
                PackageQuestion.line($0.key, secret: Array($0.value.0.utf8))
            }.joined()
    }
}

/// A role of a guest, which is `lb` where nothing else is said.
extension PackagedGuest {
    /// Puts everything to its place in one run, under the next number; what it printed.
    @discardableResult
    func place(_ wish: PackageWish, role: String = "lb") async throws -> String {
        try await succeed(
            PackageScripts.place(role: role, from: "stdin"),
            input: wish.payload(for: self, attempt: nextAttempt(of: role), isBeginning: true))
    }

    var nextAttempt: Int { nextAttempt(of: "lb") }

    func nextAttempt(of role: String) -> Int {
        let highest = text("roles/\(role)/attempt") ?? text("roles/.attempt") ?? "0"
        return (Int(highest.filter(\.isNumber)) ?? 0) + 1
    }

    @discardableResult
    func commit(_ said: String = "", role: String = "lb") async throws -> String {
        try await succeed(PackageScripts.commit(role: role), said)
    }

    /// All of it, as a step does it: packages first.
    func apply(_ wish: PackageWish, role: String = "lb") async throws {
        let attempt = nextAttempt(of: role)
        let begun = try await succeed(
            PackageScripts.begin(role: role), input: wish.payload(for: self, attempt: nil))
        guard begun.contains("attempt \(attempt)\n") else { throw StepProblem("it began \(begun)") }
        try await succeed(PackageScripts.install(role: role, limit: "30", wish.packages))
        try await succeed(
            PackageScripts.place(role: role, from: "stdin"), input: wish.payload(for: self, attempt: attempt))
        try await commit(role: role)
    }

    /// What it printed of what stays.
    @discardableResult
    func clear(role: String = "lb") async throws -> String {
        try await succeed(PackageScripts.remove(role: role, limit: "30"))
    }

    func read(_ wish: PackageWish = .balancer, role: String = "lb") async throws -> ObservedPackage? {
        let said = try await succeed(PackageScripts.read(), wish.question(role: role))
        return try PackageReading.reply(said).roles.first { $0.key.text == role }?.value
    }
}
