*** Settings ***
Documentation    A file costs as much in a folder of many as in one of few.

Resource         ../../resources/sync.resource

Test Tags        p2p


*** Test Cases ***
File count scaling
    [Documentation]    Few files, then more, then many: each is read once, however many lie beside it.
    [Tags]    P-5.2.2
    Given Alice, Bob and Carol share a folder
     When it is measured what 10 files of 2 KB by Alice cost
      And it is measured what 30 files of 2 KB by Alice cost
      And it is measured what 90 files of 2 KB by Alice cost
     Then the hashed files should grow no faster than the number of changes
