"""Which of the public faults does the doctor name, in this very build?

Fixed: one seed for each program. Varies: the program. Nothing is drawn.
"""

from cases.judging import judge_program, list_programs, name_verdict

# --8<-- [start:judge]
verdicts = {}  # program -> before training, and by its end
for program in list_programs():
    if (program.group, program.role) == ("shared", "faulty"):
        seen = judge_program(program, seed=0, looks=None)
        before = set(seen["before"])
        until_end = before | set(seen["during"])
        verdicts[program.name] = (
            name_verdict(before, program.want),
            name_verdict(until_end, program.want),
        )
        print(f"{program.name:45}", *verdicts[program.name])
# --8<-- [end:judge]

judged = len(verdicts)
early = {}  # verdict -> how many programs, before training
late = {}  # and by its end
for verdict in ("named", "related", "nothing", "false"):
    early[verdict] = sum(first == verdict for first, _ in verdicts.values())
    late[verdict] = sum(last == verdict for _, last in verdicts.values())
