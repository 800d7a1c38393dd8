internal = Error interno.
not_enough_room = Solo quedan { $room } en este proyecto.
