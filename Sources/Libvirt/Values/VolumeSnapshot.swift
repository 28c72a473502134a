/// A volume as one look at it found it.
///
/// Its XML holds the path, the format, capacity and allocation in bytes, and the backing file; they are not asked for one
/// by one, since each would be a round trip.
package struct VolumeSnapshot: Equatable, Sendable {
    /// The name of the pool it is in.
    package let pool: String
    /// The name within the pool.
    package let name: String
    /// The key; in a pool of type `dir` it is the path.
    package let key: String
    package let xml: String
}
