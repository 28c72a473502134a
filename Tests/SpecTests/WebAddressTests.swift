import Spec
import Testing

@Suite("Addresses with secrets in them")
struct WebAddressTests {
    @Test(
        "what is shown has neither login nor query, and what tells files apart has no signature",
        arguments: [
            ("https://example.org/d.qcow2", "https://example.org/d.qcow2", "https://example.org/d.qcow2"),
            ("https://me:s3cret@example.org/d", "https://***@example.org/d", "https://example.org/d"),
            ("https://t0ken@example.org:81/d@1", "https://***@example.org:81/d@1", "https://example.org:81/d@1"),
            ("http://h/d?id=7", "http://h/d?***", "http://h/d?id=7"),
            (
                "https://b.s3.amazonaws.com/d?X-Amz-Signature=abc&v=2&X-Amz-Date=1", "https://b.s3.amazonaws.com/d?***",
                "https://b.s3.amazonaws.com/d?v=2"
            ),
            ("https://a.blob.core/d?sv=1&se=2&sig=abc", "https://a.blob.core/d?***", "https://a.blob.core/d"),
            ("https://h/get?os=debian&sv=11", "https://h/get?***", "https://h/get?os=debian&sv=11"),
            ("https://h/d?policy=x&expires=1", "https://h/d?***", "https://h/d?policy=x&expires=1"),
            ("https://h/d?Policy=x&Expires=1&Signature=s&v=2", "https://h/d?***", "https://h/d?v=2"),
        ])
    func parts(address: String, shown: String, identity: String) {
        #expect(WebAddress.shown(address) == shown)
        #expect(WebAddress.identity(address) == identity)
        #expect(Image.Source.url(address).description == shown)
    }

    @Test(
        "what is no qcow2 by its name is told before it is fetched",
        arguments: ["d.qcow2.xz", "d.raw", "d.vmdk", "d.iso"])
    func kinds(name: String) {
        #expect(ImageKind(name: WebAddress.path("https://u:p@example.org/\(name)?sig=1")) != nil)
        #expect(ImageKind(name: "/images/debian.qcow2") == nil && ImageKind(name: "/images/debian.img") == nil)
    }
}
