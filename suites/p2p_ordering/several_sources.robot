*** Settings ***
Documentation    Changes from several sources, in whatever order they come.

Resource         ../../resources/sync.resource

Test Tags        p2p


*** Test Cases ***
Conflicting orders
    [Documentation]    Bob gets a version from Alice and another one from Carol: all three show the same one.
    [Tags]    P-2.1.1    priority:high
    Given Alice, Bob and Carol share a folder in a chain
      And Alice and Carol go offline
     When Alice writes file "plan.txt"
      And Carol writes file "plan.txt"
      And Alice and Carol come online
     Then file "plan.txt" should have 2 versions everywhere within 30 seconds
      And all folders should be equal within 30 seconds

Race conditions
    [Documentation]    Three users write the same files at once, again and again: the last version of each is kept.
    [Tags]    P-2.1.2    priority:high
    Given Alice, Bob and Carol share a folder
      And Alice, Bob and Carol go offline
     When Alice writes files "1", "2", "1", "2" and "1"
      And Bob writes files "2", "1", "2", "1" and "2"
      And Carol writes files "1", "2", "2", "1" and "1"
      And Alice, Bob and Carol come online
     Then all folders should be equal within 30 seconds

Clock skew
    [Documentation]    Bob's clock is a day behind: what he writes on top of Alice's version is the newer one.
    [Tags]    P-2.1.3    priority:high
    Given Alice, Bob and Carol share a folder
      And Bob's clock is 24 hours behind
     When Alice writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When Bob writes file "plan.txt"
     Then Carol should have Bob's file "plan.txt" within 10 seconds
      And all folders should be equal within 30 seconds

Network delay variance
    [Documentation]    Alice's version reaches Carol 10 seconds after Bob's newer one: the old one must not become a
    ...                second version.
    [Tags]    P-2.1.4    P-3.2.7    priority:medium    unscaled
    Given Alice, Bob and Carol share a folder in a ring
      And the upstream latency of the link between Carol and Alice is set to 10 seconds
     When Alice writes file "plan.txt"
     Then Bob should have Alice's file "plan.txt" within 10 seconds
     When Bob writes file "plan.txt"
     Then file "plan.txt" should have 1 version everywhere within 60 seconds
      And Carol should have Bob's file "plan.txt" within 10 seconds
      And a change should cost at most 1 transfer per device

Priority inversion
    [Documentation]    Carol hands out a film of 20 MB over thin links when a note of Bob's comes to her: Alice gets it
    ...                from her long before the end of the film.
    [Tags]    P-2.1.5    priority:medium    unscaled
    Given Alice, Bob and Carol share a folder around Carol
      And the upstream bandwidth of all links is limited to 300 KB/s
     When Carol writes file "film.bin" of 20 MB
     Then Alice should have got 200 KB of files within 30 seconds
     When Bob writes file "note.txt"
     Then Alice should have Bob's file "note.txt" within 20 seconds

Causal ordering violation
    [Documentation]    Bob has Alice's film and says what he thinks of it: Carol must not read that before she has it.
    [Tags]    P-2.1.6    priority:high
    Given Alice, Bob and Carol share a folder
      And Carol goes offline
     When Alice writes file "film.bin" of 3 MB
     Then Bob should have Alice's file "film.bin" within 10 seconds
     When Bob writes file "review.txt"
      And Carol comes online
     Then all folders should be equal within 30 seconds

Vector clock divergence
    [Documentation]    Alice counts from one again, as her device was reinstalled: none of what she wrote is taken for
    ...                something else that she wrote.
    [Tags]    P-2.1.7    priority:high
    Given Alice, Bob and Carol share a folder
     When Alice writes files "plan.txt", "list.txt" and "plan.txt"
     Then all folders should be equal within 30 seconds
     When Alice's network is cut
      And Alice is reinstalled
      And Alice writes file "plan.txt"
      And Alice's network is restored after 3 seconds
     Then file "plan.txt" should have 2 versions everywhere within 30 seconds
      And all folders should be equal within 30 seconds
