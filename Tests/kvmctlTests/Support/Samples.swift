import Reconciler
import Spec
import YAML

@testable import kvmctl

/// Small values that tests of views are written with.
enum Samples {
    static func name(_ text: String) throws -> Name {
        guard let name = Name(text) else { throw Complaint("\(text) is no name") }
        return name
    }

    static func cluster() throws -> ClusterIdentity { ClusterIdentity(name: try name("demo")) }

    static func place(_ line: Int, _ column: Int) -> Position { Position(file: "web.yaml", line: line, column: column) }

    static func uuid(_ text: String) -> UniqueID { UniqueID(derivedFrom: text) }

    static func object(_ kind: ObjectReference.Kind, _ text: String, on node: String? = nil) throws -> ObjectReference {
        ObjectReference(kind, text, on: try node.map(name))
    }

    static func step(
        _ id: String, on node: String, _ object: ObjectReference, _ operation: Reconciler.Operation
    ) throws -> Step {
        Step(id: StepID("\(node)/\(id)"), node: try name(node), object: object, operation: operation)
    }

    static func start(_ instance: String, on node: String) throws -> Step {
        try step(
            "\(instance)/start", on: node, object(.instance, instance, on: node),
            .domain(.start(uuid: uuid(instance), name: "demo.\(instance)")))
    }

    static func define(_ network: String, on node: String) throws -> Step {
        try step(
            "\(network)/start", on: node, object(.network, network, on: node),
            .network(.start(uuid: uuid(network), name: "demo.\(network)")))
    }

    static func wait(for instance: String, on node: String) throws -> Step {
        let check = ReadinessCheck(
            uuid: uuid(instance), name: "demo.\(instance)", ready: Readiness(when: .address), addresses: [])
        return try step(
            "\(instance)/ready", on: node, object(.instance, instance, on: node), .domain(.awaitReady(check)))
    }

    /// Why a sample could not be made.
    struct Complaint: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}
