/// Bytes as lower-case hexadecimal digits.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    var text = ""
    for byte in bytes {
        if byte < 16 { text.append("0") }
        text.append(String(byte, radix: 16))
    }
    return text
}
