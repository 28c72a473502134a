import Spec

/// Where the files of an instance go whose pools have another path on the destination, or why that cannot be.
enum MoveFolders {
    case found([DomainMark.Move.Folder])
    case obstacle(MoveObstacle)
}
