/// An update that is part of the plan, in which nothing changes any more.
///
/// Every emitter asks for it: as a class it is handed on without copying all that it has.
final class AcceptedUpdate {
    let update: InstanceUpdate

    init(_ update: InstanceUpdate) { self.update = update }
}
