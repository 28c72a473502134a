import Reconciler
import Testing

@testable import Fleet
@testable import Libvirt

@Suite("Unplugging")
struct UnpluggingTests {
    private static func refusal(_ code: LibvirtErrorCode, _ domain: LibvirtErrorDomain = .qemu) -> LibvirtError {
        // In whatever language the daemon speaks.
        LibvirtError(
            code: code, domain: domain, message: "Gerät wird bereits entfernt", call: "virDomainDetachDeviceAlias",
            object: "domain demo.db")
    }

    /// Unplugs a device that is there for so many looks; counts requests.
    private func unplug(
        _ refusals: [LibvirtError?], thereFor looks: Int, patience: Duration = .seconds(60)
    ) async throws -> (result: StepResult, requests: Int) {
        var unplugging = Unplugging("ua-disk-data")
        unplugging.patience = patience
        unplugging.interval = .zero
        var (requests, looked) = (0, 0)
        let result = try await unplugging.untilGone {
            defer { requests += 1 }
            return requests < refusals.count ? refusals[requests] : refusals.last ?? nil
        } isThere: {
            looked += 1
            return looked <= looks
        } pause: {
            await Task.yield()
        }
        return (result, requests)
    }

    @Test(
        "What QEMU is asked twice, or lets go of before it is asked, counts as done once the device is gone",
        arguments: [.internalError, .operationFailed, .deviceMissing] as [LibvirtErrorCode])
    func underWay(code: LibvirtErrorCode) async throws {
        let again = try await unplug([nil, Self.refusal(code)], thereFor: 3)
        #expect(again.result == .done && again.requests == 4)
        // An earlier run asked.
        #expect(try await unplug([Self.refusal(code)], thereFor: 0).result == .done)
    }

    @Test("A device that stays is a failure that says what libvirt said last")
    func stays() async throws {
        let error = await #expect(throws: StepProblem.self) {
            try await unplug([nil, Self.refusal(.operationFailed)], thereFor: .max, patience: .milliseconds(20))
        }
        #expect(error?.reason.contains("did not release ua-disk-data within 0 s") == true)
        #expect(error?.reason.hasSuffix("; libvirt reports: Gerät wird bereits entfernt") == true)
    }

    @Test(
        "What no later look can mend is a failure at once",
        arguments: [
            refusal(.noDomain), refusal(.operationInvalid), refusal(.accessDenied), refusal(.internalError, .rpc),
        ])
    func atOnce(_ refusal: LibvirtError) async {
        let error = await #expect(throws: LibvirtError.self) { try await unplug([refusal], thereFor: .max) }
        #expect(error == refusal)
    }
}
