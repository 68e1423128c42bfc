"""What does the doctor say of the public programs, in this very build?

Fixed: one seed for each program, before training. Varies: the program. Nothing
is drawn.
"""

from cases.judging import judge_program, list_programs, name_verdict

# --8<-- [start:judge]
verdicts = []  # of faulty programs
accused = {}  # sound program -> kinds of findings, of those that have any
sound = 0
for program in list_programs():
    if program.group == "shared":
        found = judge_program(program, seed=0, train=False)["before"]
        if program.role == "faulty":
            verdicts.append(name_verdict(set(found), program.want))
            print(f"{program.name:45}", verdicts[-1])
        else:
            sound += 1
            if found:
                accused[program.key] = found
# --8<-- [end:judge]

faulty = len(verdicts)
count = {}  # verdict -> how many faulty programs have it
for verdict in ("named", "related", "nothing", "false"):
    count[verdict] = verdicts.count(verdict)
number_accused = len(accused)
