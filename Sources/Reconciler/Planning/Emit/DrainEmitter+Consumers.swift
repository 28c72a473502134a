import Spec

extension DrainEmitter {
    /// What is known of a role that sends work to others.
    enum Look {
        case known(Consumer)
        /// It may send work to somebody, and cannot be told anything now, in words.
        case cannotBeAsked(String)
        case sendsNothing
    }

    /// Looks at a role that refers to others, and at whom it sends work to now.
    func look<Kind: RoleKind>(
        _ kind: Kind.Type, _ role: Name, _ wanted: Role, _ instance: Instance
    ) -> Look {
        let words = role == instance.name ? role.text : "\(role) of \(instance.name)"
        guard manages(instance.part) else {
            return .cannotBeAsked("\(words) belongs to the part \(instance.part), which this run does not apply")
        }
        guard let owned = owned[instance.name] else {
            let isHeld = history.instances[instance.name].map { unreachable.contains($0.node) } ?? false
            return isHeld ? .cannotBeAsked("\(words) cannot be asked") : .sendsNothing
        }
        guard owned.domain.power == .running else { return .sendsNothing }
        if let interruption = graph.interruptions[instance.name], !interruption.isRole {
            return .cannotBeAsked("\(instance.name) itself stops in this plan")
        }
        guard moves[instance.name] == nil, awaitingMigration[instance.name] == nil,
            unfinishedMigrations[instance.name] == nil
        else { return .cannotBeAsked("\(instance.name) is migrated in this plan") }
        guard case .known(let roles)? = owned.domain.roles[kind] else {
            return .cannotBeAsked("\(words) cannot be asked")
        }
        guard let observed = roles[role], let serving = kind.serving(observed), serving.isUp,
            owned.markedRoles.contains(MarkedRole(name: role, kind: kind.key))
        else { return .sendsNothing }
        let reach = reach(of: instance, owned)
        return .known(
            Consumer(
                instance: instance, role: role, owned: owned, serving: serving,
                move: { taking in
                    kind.move(taking, observed).map {
                        RoleStep(
                            kind, uuid: owned.domain.uuid, name: owned.domain.name, role: role, reach: reach,
                            action: $0)
                    }
                }, wanted: wanted, awaited: Set(order.awaited(by: wanted, of: instance, in: cluster)),
                listed: listed(by: wanted, of: instance), change: changes[owned.domain.uuid]?[role]))
    }

    /// Those whom the spec has a role send work to.
    ///
    /// Peers of one group, all of which have its list, send each other nothing.
    func listed(by wanted: Role, of instance: Instance) -> ListedInstances {
        var listed = ListedInstances()
        for target in wanted.references.compactMap(\.reference.listed) {
            let names = order.instances(named: target)
            guard !names.contains(instance.name) else { continue }
            listed.targets.append(target)
            listed.names.formUnion(names)
        }
        return listed
    }

    /// Whether an instance is one of those, or was when it was still in the spec.
    func isNamed(_ name: Name, in listed: ListedInstances) -> Bool {
        cluster.instances[name] == nil ? listed.targets.contains(where: name.isMember) : listed.names.contains(name)
    }

    /// Whether an instance offers anything now.
    func isUp(_ name: Name) -> Bool { owned[name]?.domain.power == .running }

    /// Whether an instance leaves all lists: it goes, or is to be off.
    func isLeaving(_ name: Name) -> Bool { cluster.instances[name].map { $0.power == .off } ?? true }
}

extension Name {
    /// Whether it is what a member of a group is called.
    func isMember(of group: Name) -> Bool {
        guard text.hasPrefix("\(group)-") else { return false }
        return Int(text.dropFirst(group.text.count + 1)).flatMap { Name(member: $0, of: group) } == self
    }
}
