import Engine
import Fleet
import Spec

extension GuestLogin {
    /// The words for a program that calls ssh itself, such as Ansible: through the node, unless that is this machine.
    static func words(for request: GuestLoginRequest, _ surroundings: Surroundings) -> GuestLoginWords {
        var proxy: [String]?
        if case .host(let host) = request.node.address {
            let words = ForwardArguments.words(through: request.node, host: host, to: request.address, port: 22)
            proxy = [Replacement.ownPath] + words
        }
        let target = LoginTarget(
            instance: request.instance, node: request.node.name, domain: request.domain, uuid: request.uuid,
            address: request.address, isOnLAN: false, isRunning: true)
        let login = GuestLogin(
            target: target, address: request.address, user: request.access.user,
            identities: GuestLogin.identities(request.access, surroundings),
            knownHosts: GuestKnownHosts.file(of: request.cluster, environment: surroundings.environment), proxy: proxy,
            command: [])
        let identities = login.identities.flatMap { ["-i", $0] }
        return GuestLoginWords(options: login.options + identities, user: login.user, guest: request.uuid)
    }
}
