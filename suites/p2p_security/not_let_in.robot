*** Settings ***
Documentation    Whom users have not let in gains nothing: not by a key that is known, and not by being many.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
Data leakage
    [Documentation]    All know Mallory's key, and do not share this folder with her: she gets no file of it.
    [Tags]    P-6.2.6
    Given Alice, Bob and Carol share a folder
      And Mallory comes as a stranger who asks for their folder
      And everybody knows Mallory's key
     When Alice writes file "plan.txt"
     Then Alice, Bob and Carol should have turned somebody away within 30 seconds
      And all folders should be equal within 30 seconds

Sybil attack
    [Documentation]    Mallory has invented five peers, who all vote as she likes: nobody has let them in, so they have
    ...                no vote, and the others decide.
    [Tags]    P-6.2.2
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who invents other peers
      And Alice and Bob go offline
     When Alice writes file "plan.txt"
      And Bob writes file "plan.txt"
      And Alice and Bob come online
     Then nothing should be transferred for 5 seconds
      And file "plan.txt" should have 2 versions everywhere within 10 seconds
     When Alice, Bob and Carol vote for Bob's version of file "plan.txt"
     Then file "plan.txt" should have 1 version everywhere within 30 seconds
