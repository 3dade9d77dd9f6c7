*** Settings ***
Documentation    Who shares a folder may not read and change everything in it: its owner says who may what.

Resource         ../../resources/sync.resource

Test Tags        p2p    priority:high


*** Test Cases ***
Access control
    [Documentation]    Mallory shares the folder, and one part of it is kept from her: she asks everybody for that, and
    ...                learns neither what is in it nor what it is called.
    [Tags]    P-6.1.3
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who asks for what it may not read
     When Alice writes file "list.txt"
      And Alice keeps "secret" from Mallory
      And Bob writes file "secret/plan.txt"
      And Carol writes file "secret/film.bin" of 1 MB
     Then all folders should be equal within 30 seconds
      And Mallory should have learnt nothing of "secret"

Access control lists
    [Documentation]    Mallory may read the plan and not change it, and may change the list: the others take that alone.
    [Tags]    P-6.3.4
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who changes what it may only read
     When Alice lets only Bob change "plan.txt"
      And Bob writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When Mallory shares 2 versions of file "plan.txt"
      And Mallory shares 1 version of file "list.txt"
     Then of what Mallory shared only "list.txt" should be everywhere within 30 seconds
      And all folders should be equal within 30 seconds

Access control lists after a reinstallation
    [Documentation]    Carol has lost all, the rules too: who owns the folder she is told again, and then takes no more
    ...                of Mallory than before.
    [Tags]    P-6.3.4
    Given Alice, Bob and Carol share a folder
      And Mallory joins as a hostile peer who changes what it may only read
     When Alice lets only Bob change "plan.txt"
      And Bob writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When Carol is reinstalled
      And Mallory shares 2 versions of file "plan.txt"
      And Mallory shares 1 version of file "list.txt"
     Then of what Mallory shared only "list.txt" should be everywhere within 30 seconds
      And all folders should be equal within 30 seconds
