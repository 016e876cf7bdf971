"""What the platform has accepted for a project already is not asked for again (R-NB-HM-05; 政务规定 7)."""

from collections.abc import Iterable

from bidding.domain.admission.catalogue import CATALOGUE
from bidding.domain.admission.filing import Category, ChecklistEntry
from bidding.domain.admission.state import Admission


def shared(
    category: Category, project_code: str, tenderer: str, earlier: Iterable[Admission]
) -> tuple[ChecklistEntry, ...]:
    """Papers of the whole project, from the first accepted file of the same tenderer and project code that holds
    each. Without a code nothing tells two projects apart, and nothing is taken over."""
    if not project_code:
        return ()
    accepted = [
        one
        for one in earlier
        if one.number and one.tenderer == tenderer and one.project is not None
        if one.project.project_code == project_code
    ]
    found = []
    for item in CATALOGUE[category]:
        if not item.of_project:
            continue
        for file in accepted:
            entry = next((one for one in file.checklist if one.item == item.code and one.provided), None)
            if entry is not None:
                found.append(
                    ChecklistEntry(
                        item=item.code,
                        provided=True,
                        reference=entry.reference,
                        shared_from=entry.shared_from or file.number,
                    )
                )
                break
    return tuple(found)


def completed(
    checklist: tuple[ChecklistEntry, ...], known: tuple[ChecklistEntry, ...]
) -> tuple[ChecklistEntry, ...]:
    """The filer's own entries, and what is known beside them. Only the platform says where something was shared
    from: an entry that claims it is looked up anew."""
    own = tuple(one for one in checklist if not one.shared_from and one.provided)
    named = {one.item for one in own}
    taken = tuple(one for one in known if one.item not in named)
    covered = named | {one.item for one in taken}
    return (*own, *taken, *(one for one in checklist if not one.provided and one.item not in covered))
