import Testing

@testable import Fleet

@Suite("The buffer for an emulated machine's translated code")
struct TranslationBufferTests {
    @Test("is read from what QEMU 7.2 says of it")
    func reading() throws {
        let text = """
            Translation buffer state:
            gen code size       684280979/1073577984
            TB count            1254151
            TB flush count      0
            """
        let buffer = try #require(TranslationBuffer(text))
        #expect(buffer.used == 684_280_979 && buffer.capacity == 1_073_577_984)
    }

    @Test(
        "is unknown where QEMU says nothing of it, or something else",
        arguments: ["", "JIT information is only available with accel=tcg", "gen code size 12", "gen code size 1/0"])
    func unknown(text: String) {
        #expect(TranslationBuffer(text) == nil)
    }

    /// 32 regions for four vCPUs: with 30 of them handed out, QEMU 7.2 ended a machine that was given its second vCPU.
    @Test(
        "has room while regions are left for the new vCPUs and one more each for the others",
        arguments: [
            (0, 1, 1, 4, true), (29, 1, 1, 4, true), (30, 1, 1, 4, false), (32, 1, 1, 4, false), (28, 3, 1, 4, false),
            (27, 3, 1, 4, true), (13, 1, 1, 2, true), (14, 1, 1, 2, false), (0, 0, 1, 0, true),
        ])
    func room(handedOut: Int, new: Int, running: Int, maximum: Int, hasRoom: Bool) throws {
        let regions = 8 * max(1, maximum)
        let buffer = try #require(TranslationBuffer("gen code size \(handedOut * 1000)/\(regions * 1000)"))
        #expect(buffer.hasRoom(for: new, beside: running, of: maximum) == hasRoom)
    }
}
