-- Committee members are among a lot's offices now: lots that were projected before are projected once more.
DELETE FROM tracking WHERE name = 'lots';
