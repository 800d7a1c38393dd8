internal = Internal error.
not_enough_room = Only { $room } is left in this project.
