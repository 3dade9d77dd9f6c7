*** Settings ***
Documentation    Whom users have not let in gains nothing by a key that is known.

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
