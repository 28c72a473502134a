import Engine
import Testing

@testable import kvmctl

struct RunStatusTests {
    @Test("the codes are those that pipelines know, in the order in which the first that applies wins")
    func table() {
        #expect(RunStatus.allCases.map(\.exitCode) == [64, 3, 4, 130, 1, 6, 7, 2, 0])
    }

    @Test(
        "the first of several reasons becomes the exit code",
        arguments: [
            ([], 0), ([.success], 0), ([.changesPending, .success], 2), ([.nodeUnreachable, .changesPending], 7),
            ([.nodeUnreachable, .refused], 6), ([.refused, .failed, .nodeUnreachable], 1),
            ([.failed, .interrupted], 130), ([.interrupted, .lockHeld], 4),
            ([.lockHeld, .specInvalid], 3), ([.specInvalid, .usage], 64),
        ] as [([RunStatus], Int32)])
    func precedence(statuses: [RunStatus], code: Int32) {
        #expect(RunStatus.first(of: statuses).exitCode == code)
    }
}
