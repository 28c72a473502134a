import Spec

/// An address in a network: bridges that are apart may have the same ones.
struct AddressPlace: Hashable {
    let network: Name?
    let address: IPv4Address
}
