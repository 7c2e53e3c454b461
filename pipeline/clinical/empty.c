typedef int rmt_room_is_empty; /* replaced by the first source of the room */
