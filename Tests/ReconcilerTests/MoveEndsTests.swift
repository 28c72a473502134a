import Reconciler
import Spec
import TestNames
import Testing

/// Which end of an unfinished move counts, by what is seen of both.
@Suite struct MoveEndsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        /// Nil where the end does not have it.
        var source: ObservedDomain.Power?
        var destination: ObservedDomain.Power?
        var hasMigrated = false
        var isPersistent = true
        var postCopy: (source: ObservedDomain.PostCopy?, destination: ObservedDomain.PostCopy?) = (nil, nil)
        /// Nil for a conflict.
        let expected: MoveEnds.Verdict?
        var testDescription: String { what }
    }

    static let cases: [Case] = [
        Case(what: "only the source has it", source: .shutOff, expected: .source),
        Case(
            what: "the destination never ran, and the source goes on", source: .running, destination: .shutOff,
            expected: .source),
        Case(
            what: "the destination crashed at once, and the source goes on", source: .running, destination: .crashed,
            expected: .source),
        Case(
            what: "both are off, and nobody saw the destination run", source: .shutOff, destination: .shutOff,
            expected: nil),
        Case(
            what: "the source crashed, and nobody saw the destination run", source: .crashed, destination: .shutOff,
            expected: nil),
        Case(
            what: "the source is paused, and nobody saw the destination run", source: .paused, destination: .shutOff,
            expected: nil),
        Case(
            what: "the destination is paused, and nobody saw it run", source: .shutOff, destination: .paused,
            expected: nil),
        Case(what: "the source is gone, and nobody saw the destination run", destination: .shutOff, expected: nil),
        Case(
            what: "both are off, and the destination was seen running", source: .shutOff, destination: .shutOff,
            hasMigrated: true, expected: .destination),
        Case(
            what: "the source is gone, and the destination was seen running", destination: .shutOff, hasMigrated: true,
            expected: .destination),
        Case(
            what: "the destination runs, and libvirt left the source paused", source: .paused, destination: .running,
            expected: .destination),
        Case(what: "the destination runs alone", destination: .running, expected: .destination),
        Case(what: "both run", source: .running, destination: .running, expected: nil),
        Case(
            what: "the source was started beside a whole copy", source: .running, destination: .shutOff,
            hasMigrated: true, expected: nil),
        Case(
            what: "the migration goes on", source: .running, destination: .paused, isPersistent: false,
            expected: .underWay),
        Case(
            what: "the destination fetches memory", source: .paused, destination: .running,
            postCopy: (.underWay, .underWay), expected: .fetching),
        Case(
            what: "post-copy broke off", source: .paused, destination: .paused, postCopy: (.broken, .broken),
            expected: .fetching),
        Case(
            what: "post-copy broke off, and the source lost its half", source: .shutOff, destination: .paused,
            postCopy: (nil, .broken), expected: .memoryIsLost),
    ]

    @Test("A destination counts where it is seen running, or its mark says that it was", arguments: cases)
    func counts(_ example: Case) {
        let direction = DomainMark.Move(from: name("kvm1"), to: name("kvm2"))
        func domain(_ power: ObservedDomain.Power?, _ postCopy: ObservedDomain.PostCopy?, isThere: Bool)
            -> ObservedDomain?
        {
            guard let power else { return nil }
            let uuid = UniqueID(derivedFrom: "db")
            var mark = DomainMark(
                cluster: ClusterIdentity(name: name("demo")), part: name("main"), instance: name("db"), uuid: uuid,
                phase: .active, wasReady: true, protect: false, baseImage: "", nics: [:], applied: [:], move: direction)
            mark.hasMigrated = isThere && example.hasMigrated
            var domain = ObservedDomain(
                uuid: uuid, name: "demo.db", power: power, isPersistent: !isThere || example.isPersistent,
                autostart: false, mark: mark, vcpus: 1, memory: .gibibytes(1), fingerprint: "")
            domain.postCopy = postCopy
            return domain
        }
        let ends = MoveEnds(
            direction, source: domain(example.source, example.postCopy.source, isThere: false),
            destination: domain(example.destination, example.postCopy.destination, isThere: true))
        if let expected = example.expected {
            #expect(ends.verdict == expected)
        } else if case .conflict(let reason) = ends.verdict {
            #expect(reason.contains("kvm1") && reason.contains("kvm2"))
            #expect(ends.remedy.contains("virsh"))
        } else {
            Issue.record("\(ends.verdict) is no conflict")
        }
    }

    @Test("An earlier move's word does not count for this one")
    func otherWay() {
        let uuid = UniqueID(derivedFrom: "db")
        var mark = DomainMark(
            cluster: ClusterIdentity(name: name("demo")), part: name("main"), instance: name("db"), uuid: uuid,
            phase: .active, wasReady: true, protect: false, baseImage: "", nics: [:], applied: [:],
            move: .init(from: name("kvm2"), to: name("kvm3")))
        mark.hasMigrated = true
        let domain = ObservedDomain(
            uuid: uuid, name: "demo.db", power: .shutOff, autostart: false, mark: mark, vcpus: 1,
            memory: .gibibytes(1), fingerprint: "")
        let ends = MoveEnds(.init(from: name("kvm1"), to: name("kvm2")), source: nil, destination: domain)
        guard case .conflict = ends.verdict else {
            Issue.record("\(ends.verdict) is no conflict")
            return
        }
    }
}
