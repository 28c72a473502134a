import FoundationXML
import Spec
import Testing

@testable import Fleet

@Suite("Fields of the machine in a domain's XML") struct MachineElementTests {
    @Test("Each field that a definition has as a text has an element")
    func everyField() {
        #expect(MachineElement.all.map(\.path).sorted() == InstanceField.ofMachine.map(\.path).sorted())
    }

    @Test("A value is read as it is written, and goes again", arguments: ["kvm", "qemu"])
    func written(type: String) {
        for element in MachineElement.all {
            let domain = XMLElement(
                "domain", ["type": type], [XMLElement("name", text: "vm"), XMLElement("vcpu", text: "1")])
            element.write(domain, "Some-Value")
            #expect(element.read(domain) == "Some-Value")
            element.write(domain, nil)
            #expect(element.read(domain) != "Some-Value")
        }
    }
}
